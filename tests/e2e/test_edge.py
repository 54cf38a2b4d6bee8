"""The way in, from outside: what a stranger may not do, and where it is written down."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.e2e.conftest import Stand
from tests.e2e.environment import Environment

STRANGER = "192.0.2.77"
HEADERS = {
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "content-security-policy": "frame-ancestors 'none'; base-uri 'self'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    return stand("dev")


def connection(dev: Environment, port: int, source: str = "") -> socket.socket:
    """Return a connection through the forward proxy, as a client at ``source``."""
    proxy = dev.variables["HTTPS_PROXY"].removeprefix("http://").rpartition("@")[2]
    host, _, number = proxy.partition(":")
    one = socket.create_connection((host, int(number)), timeout=10)
    name = dev.url.removeprefix("https://")
    login = f"Proxy-Authorization: Basic {basic(source)}\r\n" if source else ""
    one.sendall(f"CONNECT {name}:{port} HTTP/1.1\r\nHost: {name}:{port}\r\n{login}\r\n".encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += one.recv(1)
    assert b" 200 " in head.split(b"\r\n", maxsplit=1)[0], head
    return one


def basic(user: str) -> str:
    return base64.b64encode(f"{user}:".encode()).decode()


def secured(dev: Environment, source: str = "", context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
    trusted = context or ssl.create_default_context(cafile=dev.variables["SSL_CERT_FILE"])
    return trusted.wrap_socket(connection(dev, 443, source), server_hostname=dev.url.removeprefix("https://"))


def said(one: socket.socket, request: bytes) -> tuple[int, dict[str, str]]:
    """Return status, 0 for a closed connection, and headers of the answer to raw bytes."""
    one.sendall(request)
    data = b""
    while b"\r\n\r\n" not in data and (more := one.recv(65536)):
        data += more
    if not data:
        return 0, {}
    first, *lines = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(first.split(" ")[1]), headers


def get(dev: Environment, path: str, source: str = "") -> tuple[int, dict[str, str]]:
    host = dev.url.removeprefix("https://")
    with secured(dev, source) as one:
        return said(one, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: stranger\r\n\r\n".encode())


def test_plain_http_is_sent_to_https(dev: Environment) -> None:
    host = dev.url.removeprefix("https://")
    with connection(dev, 80) as one:
        status, headers = said(one, f"GET /notes HTTP/1.1\r\nHost: {host}\r\nUser-Agent: stranger\r\n\r\n".encode())
    assert (status, headers["location"]) == (301, f"https://{host}:443/notes")


@pytest.mark.parametrize("highest", [ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1])
def test_old_tls_is_refused(dev: Environment, highest: ssl.TLSVersion) -> None:
    context = ssl.create_default_context(cafile=dev.variables["SSL_CERT_FILE"])
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, highest
    with pytest.raises((ssl.SSLError, ConnectionError)):
        secured(dev, context=context)


def test_every_answer_has_the_headers_that_protect_browsers(dev: Environment) -> None:
    for path in ("/version", "/nowhere"):
        found = get(dev, path)[1]
        assert {name: found.get(name) for name in HEADERS} == HEADERS
        assert "server" not in found


SMUGGLED = {
    "both lengths": "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    "space before the colon": "Content-Length : 4\r\n\r\nabcd",
    "hidden chunked": "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "length that is none": "Content-Length: +4\r\n\r\nabcd",
}


@pytest.mark.parametrize("shape", SMUGGLED)
def test_shapes_that_smuggle_requests_do_not_reach_a_service(dev: Environment, shape: str) -> None:
    host = dev.url.removeprefix("https://")
    with secured(dev) as one:
        status, _ = said(one, f"POST /notes HTTP/1.1\r\nHost: {host}\r\nUser-Agent: x\r\n{SMUGGLED[shape]}".encode())
    assert status in {0, 400, 501}, shape


def test_health_checks_are_not_public(dev: Environment) -> None:
    assert {get(dev, path)[0] for path in ("/readyz", "/healthz", "//readyz", "/%72eadyz", "/READYZ")} == {404}
    assert get(dev, "/version")[0] == 200


ATTACKS = {
    "AWSManagedRulesSQLiRuleSet": "/notes?id=" + quote("1' OR '1'='1"),
    "AWSManagedRulesCommonRuleSet": "/notes?q=" + quote("<script>alert(1)</script>"),
}


@pytest.mark.parametrize("group", ATTACKS)
def test_attacks_are_blocked_logged_and_sampled(dev: Environment, group: str) -> None:
    assert get(dev, ATTACKS[group], STRANGER)[0] == 403
    entry = waited(lambda: next((one for one in blocked(dev) if by(one, group)), None))
    assert entry["httpRequest"]["uri"] == "/notes"
    found = [one for one in samples(dev, f"slipway-dev-{group}") if one["Request"]["ClientIP"] == STRANGER]
    assert {one["Action"] for one in found} == {"BLOCK"}


def by(entry: dict[str, Any], group: str) -> bool:
    """Say whether a rule group refused a request of the stranger's."""
    return bool(entry["terminatingRuleId"] == group and entry["httpRequest"]["clientIp"] == STRANGER)


def waited(look: Any) -> Any:
    deadline = time.monotonic() + 10
    while (found := look()) is None:
        assert time.monotonic() < deadline, "it was not written"
        time.sleep(0.2)
    return found


def blocked(dev: Environment) -> list[dict[str, Any]]:
    """Return what the saved query names: the log's entries of blocked requests."""
    logs = dev.client("logs")
    (query,) = logs.describe_query_definitions(queryDefinitionNamePrefix="slipway-dev/firewall/")["queryDefinitions"]
    assert 'filter action = "BLOCK"' in query["queryString"]
    (group,) = query["logGroupNames"]
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
    entries = [json.loads(event["message"]) for page in pages for event in page["events"]]
    return [entry for entry in entries if entry["action"] == "BLOCK"]


def samples(dev: Environment, metric: str) -> list[dict[str, Any]]:
    waf = dev.client("wafv2")
    (acl,) = [one for one in waf.list_web_acls(Scope="REGIONAL")["WebACLs"] if one["Name"] == "slipway-dev"]
    now = datetime.now(UTC)
    window = {"StartTime": now - timedelta(days=1), "EndTime": now + timedelta(days=30)}
    found: list[dict[str, Any]] = waf.get_sampled_requests(
        WebAclArn=acl["ARN"], RuleMetricName=metric, Scope="REGIONAL", TimeWindow=window, MaxItems=10
    )["SampledRequests"]
    return found


@pytest.fixture
def restored(dev: Environment) -> Any:
    """Put the firewall back as the inventory has it."""
    yield
    dev.playbook("site.yml", "--limit", "firewall")


@pytest.mark.usefixtures("restored")
def test_rollout_rates_and_countries(dev: Environment) -> None:
    """First a group counts; a country and a rate are limited in the same run, to save one."""
    group = "AWSManagedRulesSQLiRuleSet"
    wanted = {"firewall_count": [group], "firewall_rate_limit": 10, "firewall_rate_window": 600}
    dev.playbook("site.yml", "--limit", "firewall", "-e", json.dumps({**wanted, "firewall_allow_countries": ["US"]}))
    american, german = "198.51.100.99", "203.0.113.5"
    waited(lambda: get(dev, "/version", german)[0] == 403 or None)
    assert get(dev, ATTACKS[group], american)[0] != 403
    counted = waited(lambda: next(iter(samples(dev, f"slipway-dev-{group}")), None))
    assert counted["Request"]["ClientIP"] in {american, STRANGER}
    assert [get(dev, "/version", american)[0] for _ in range(12)][-1] == 403
    assert get(dev, "/version", "198.51.100.98")[0] == 200
