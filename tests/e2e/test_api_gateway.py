"""An API before the load balancer: who may call it, how often, and what it says of versions that end."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.e2e.conftest import Stand
from tests.e2e.environment import Environment
from tests.unit.rehearsal.edge.gateway_parts import AUDIENCE, Issuer

ZONE, API = "dev.example.com", "https://api.dev.example.com"
SUNSET = "Sat, 31 Jul 2027 00:00:00 GMT"


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    return stand("dev")


@pytest.fixture(scope="module")
def issuer(dev: Environment) -> Iterator[Issuer]:
    """Yield an issuer of tokens with a signing key of its own and a name in the environment's zone."""
    certificates = Path(os.environ["SLIPWAY_REHEARSAL_DIR"]) / "run" / "certificates"
    one = Issuer(certificates / f"{ZONE}.crt", certificates / f"{ZONE}.key", f"login.{ZONE}")
    change(dev, "CREATE")
    yield one
    change(dev, "DELETE")
    one.stop()


def change(dev: Environment, action: str) -> None:
    """Make or remove the record of the issuer's name."""
    route53 = dev.client("route53")
    zone = route53.list_hosted_zones_by_name(DNSName=ZONE)["HostedZones"][0]["Id"]
    record = {"Name": f"login.{ZONE}", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "127.0.0.1"}]}
    changes = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)


REST: dict[str, Any] = {
    "api_gateway_type": "rest",
    "api_gateway_plans": {"basic": {"rate_limit": 0.05, "burst_limit": 30}, "free": {"quota": 3, "period": "DAY"}},
    "api_gateway_clients": {"acme": {"plan": "basic"}, "globex": {"plan": "basic"}, "initech": {"plan": "free"}},
    "api_gateway_key_recovery_days": 0,
    "api_gateway_web_acl": True,
    "api_gateway_rate_limit": 100.0,
    "api_gateway_burst_limit": 200,
}


@pytest.fixture(scope="module", params=["http", "rest"])
def kind(request: pytest.FixtureRequest) -> str:
    """Return the type of the API."""
    return str(request.param)


@pytest.fixture(scope="module")
def run(dev: Environment, issuer: Issuer, kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Yield what runs a playbook for the component that dev does not have; it is removed in the end."""
    versions: dict[str, dict[str, Any]] = {
        "v1": {"domain": f"web.{ZONE}", "deprecated": "2027-01-31", "sunset": "2027-07-31"},
        "v2": {"domain": f"web.{ZONE}"},
    }
    if kind == "rest":
        turned = {"application/json": '{"turned": $input.json("$"), "by": "$context.apiId"}'}
        versions["v3"] = {"domain": f"web.{ZONE}", "response_templates": turned}
    given = {
        "api_gateway_type": "http",
        "api_gateway_versions": versions,
        "api_gateway_jwt_issuer": issuer.url,
        "api_gateway_jwt_audience": [AUDIENCE],
        "api_gateway_rate_limit": 0.05,
        "api_gateway_burst_limit": 40,
        **(REST if kind == "rest" else {}),
    }
    groups = {"dev": {"children": {"platform": {"children": {"access": {"hosts": {"api_gateway": given}}}}}}}
    path = tmp_path_factory.mktemp("inventory") / "api_gateway.yml"
    path.write_text(yaml.safe_dump({"all": {"children": groups}}), encoding="utf-8")

    def played(playbook: str, *arguments: str) -> Any:
        return dev.playbook(playbook, "-i", str(path), "--limit", "api_gateway", *arguments)

    yield played
    played("playbooks/teardown.yml", "-e", "confirm=dev")


@pytest.fixture(scope="module")
def keys(dev: Environment, run: Any, kind: str) -> dict[str, str]:
    """Return the keys of clients, once the API stands."""
    run("site.yml")
    names = REST["api_gateway_clients"] if kind == "rest" else ()
    secrets = dev.client("secretsmanager")
    return {
        name: secrets.get_secret_value(SecretId=f"slipway-dev/api_gateway/{name}")["SecretString"] for name in names
    }


@pytest.fixture(scope="module")
def call(dev: Environment, keys: dict[str, str]) -> Any:
    """Return what calls the API, by a client where it has some."""
    session = requests.Session()
    session.trust_env = False
    session.proxies = {"https": dev.variables["HTTPS_PROXY"]}
    session.verify = dev.variables["SSL_CERT_FILE"]

    def called(path: str, token: str = "", client: str = "acme", **given: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"x-api-key": keys[client]} if client in keys else {}
        method, base = given.pop("method", "GET"), given.pop("base", API)
        return session.request(method, base + path, headers=headers, timeout=10, **given)

    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            called("/")
        except requests.ConnectionError:
            time.sleep(0.5)
        else:
            break
    return called


def test_a_plan_shows_it_and_a_second_run_changes_nothing(call: Any, run: Any) -> None:
    assert run("site.yml").changed == {}
    assert run("playbooks/plan.yml").changed == {}


def test_nobody_calls_without_a_token_that_the_issuer_signed(call: Any, issuer: Issuer) -> None:
    for token in ("", "a.b.c", issuer.token(aud="others"), issuer.token(exp=int(time.time()) - 1)):
        answer = call("/v2/version", token)
        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})


def test_requests_come_through_to_the_service(call: Any, issuer: Issuer) -> None:
    token, text = issuer.token(), f"through the gateway {time.time()}"
    assert call("/v2/notes", token, method="POST", json={"text": text}).status_code == 201
    assert text in call("/v2/notes", token).text


def test_the_old_version_says_that_it_ends(call: Any, issuer: Issuer, kind: str) -> None:
    token = issuer.token()
    old, new = call("/v1/version", token), call("/v2/version", token)
    assert (old.status_code, old.json()) == (200, new.json())
    assert (old.headers["deprecation"], old.headers["sunset"]) == ("@1801353600", SUNSET)
    assert not {"deprecation", "sunset"} & set(map(str.lower, new.headers))
    assert call("/v1/nothing", token).headers["sunset"] == SUNSET
    assert call("/v9/version", token).status_code == {"http": 404, "rest": 403}[kind]


def test_requests_are_logged_without_token_and_key(
    dev: Environment, call: Any, keys: dict[str, str], issuer: Issuer, kind: str
) -> None:
    token = issuer.token(sub="somebody")
    header, route = {
        "http": ("apigw-requestid", "ANY /v2/{proxy+}"),
        "rest": ("x-amzn-requestid", "/v2/{proxy+}"),
    }[kind]
    number = call("/v2/version", token).headers[header]
    (logged,) = [line for line in lines(dev) if number in line]
    found = json.loads(logged)
    assert (found["status"], found["routeKey"], found["subject"]) == ("200", route, "somebody")
    assert token not in logged
    if kind == "rest":
        (key,) = [one["id"] for one in dev.client("apigateway").get_api_keys()["items"] if one["name"].endswith("acme")]
        assert found["apiKeyId"] == key
        assert keys["acme"] not in logged


def lines(dev: Environment) -> list[str]:
    """Return the access log, which comes a little later."""
    time.sleep(1)
    events = dev.client("logs").filter_log_events(logGroupName="/slipway/dev/api_gateway/requests")["events"]
    return [event["message"] for event in events]


def test_it_takes_no_more_than_its_limit(call: Any, issuer: Issuer, kind: str) -> None:
    token = issuer.token()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: call("/v2/version", token).status_code, range(160)))
    assert set(answers) == {200, 429}
    assert answers.count(429) > 20
    if kind == "rest":
        assert call("/v2/version", token, "globex").status_code == 200


@pytest.fixture
def of_rest(kind: str) -> None:
    """Skip what an HTTP API does not have."""
    if kind == "http":
        pytest.skip("of REST APIs")


@pytest.mark.usefixtures("of_rest")
def test_a_client_needs_its_key_and_has_its_quota(call: Any, issuer: Issuer) -> None:
    token = issuer.token()
    assert call("/v2/version", token, "nobody").json() == {"message": "Forbidden"}
    answers = [call("/v2/version", token, "initech") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert answers[-1].json() == {"message": "Limit Exceeded"}


@pytest.mark.usefixtures("of_rest")
def test_a_template_turns_answers(dev: Environment, call: Any, issuer: Issuer) -> None:
    (api,) = dev.client("apigateway").get_rest_apis()["items"]
    token = issuer.token()
    told = {"turned": call("/v2/version", token, "globex").json(), "by": api["id"]}
    assert call("/v3/version", token, "globex").json() == told


@pytest.mark.usefixtures("of_rest")
def test_the_web_acl_judges_before_the_api(call: Any, issuer: Issuer) -> None:
    refused = call("/v2/version?q=%3Cscript%3Ealert(1)%3C/script%3E", issuer.token(), "globex")
    assert (refused.status_code, refused.json()) == (403, {"message": "Forbidden"})


def test_everything_bears_its_tags_and_only_its_own_name_is_open(dev: Environment, call: Any, kind: str) -> None:
    second, first = dev.client("apigatewayv2"), dev.client("apigateway")
    (link,) = [one for one in second.get_vpc_links()["Items"] if one["Name"] == "slipway-dev"]
    (name,) = second.get_domain_names()["Items"]
    if kind == "http":
        (api,) = [one for one in second.get_apis()["Items"] if one["Name"] == "slipway-dev"]
        (stage,) = second.get_stages(ApiId=api["ApiId"])["Items"]
        tags, own, closed = [api["Tags"], stage["Tags"]], api["ApiEndpoint"], "/v2/version"
    else:
        (api,) = first.get_rest_apis()["items"]
        (stage,) = first.get_stages(restApiId=api["id"])["item"]
        more = [*first.get_usage_plans()["items"], *first.get_api_keys()["items"]]
        tags = [one["tags"] for one in (api, stage, *more)]
        own, closed = f"https://{api['id']}.execute-api.us-east-1.amazonaws.com", "/live/v2/version"
    assert {one["component"] for one in (*tags, link["Tags"], name["Tags"])} == {"api_gateway"}
    assert call(closed, base=own).status_code == 403
