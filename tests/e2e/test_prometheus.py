"""Prometheus and Grafana switched on in an environment that stands, and off again."""

from __future__ import annotations

import json
import shutil
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

from rehearsal.tasks.discovery import PLACE
from rehearsal.tasks.prometheus import PORT
from tests.e2e.conftest import Stand
from tests.e2e.environment import Environment

NAME = "blue-web.slipway-dev.internal"
ON = json.dumps({"prometheus_enabled": True})
WITHIN = 60.0


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Iterator[Environment]:
    """Return dev with Prometheus; put it back as its inventory has it."""
    environment = stand("dev")
    environment.playbook("site.yml", "--limit", "prometheus:web", "-e", ON)
    yield environment
    environment.playbook("site.yml", "--limit", "web")
    environment.playbook("playbooks/teardown.yml", "--limit", "prometheus", "-e", "confirm=dev")
    assert environment.client("servicediscovery").list_namespaces()["Namespaces"] == []
    assert environment.client("efs").describe_file_systems()["FileSystems"] == []


def waited(ask: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + WITHIN
    while not (found := ask()):
        assert time.monotonic() < deadline, "did not come in time"
        time.sleep(0.5)
    return found


def read(address: str) -> Any:
    with urllib.request.urlopen(f"http://{address}", timeout=10) as answer:
        return json.load(answer)


def test_cloud_map_knows_the_tasks_of_the_stable_colour(dev: Environment) -> None:
    query = urllib.parse.urlencode({"name": NAME, "port": 9464, "region": "us-east-1"})
    ask = f"{dev.variables['AWS_ENDPOINT_URL'].removeprefix('http://')}{PLACE}?{query}"
    ecs = dev.client("ecs").describe_services(cluster="slipway-dev", services=["slipway-dev-web-blue"])["services"][0]
    assert len(ecs["serviceRegistries"]) == 1
    assert ecs["desiredCount"] > 0
    waited(lambda: len(read(ask)[0]["targets"]) == ecs["desiredCount"])


def test_the_load_balancer_does_not_tell_metrics(dev: Environment) -> None:
    assert dev.get("/version") == 200
    assert dev.get("/metrics") == 404


def test_a_real_prometheus_finds_the_tasks(dev: Environment) -> None:
    if not shutil.which("prometheus"):
        pytest.skip("NOT TESTED: this machine has no prometheus; install Debian's package of that name")
    del dev
    place = waited(lambda: next(iter(_listening()), ""))
    wanted = urllib.parse.quote('count by (service, side) (up{job="services"})')
    (found,) = waited(lambda: read(f"{place}:{PORT}/api/v1/query?query={wanted}")["data"]["result"])
    assert found["metric"] == {"service": "web", "side": "blue"}
    groups = read(f"{place}:{PORT}/api/v1/rules")["data"]["groups"]
    assert {one["name"]: len(one["rules"]) for one in groups} == {"objectives": 4, "services": 4}


def _listening() -> Iterator[str]:
    for one in psutil.net_connections("tcp4"):
        if one.status == psutil.CONN_LISTEN and one.laddr and one.laddr.port == PORT:
            yield str(one.laddr.ip)
