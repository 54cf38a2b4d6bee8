"""Calls between services while ECS moves traffic: they follow the shares of the load balancer's requests."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.rehearsal.deployments.shop import Shop, Site
from tests.unit.rehearsal.deployments.test_blue_green import CANARY
from tests.unit.rehearsal.tasks.conftest import wait

PORT = {"containerPort": 8080, "name": "http", "appProtocol": "http"}
SERVER = {"portName": "http", "discoveryName": "api", "clientAliases": [{"port": 80, "dnsName": "api"}]}


def definition(shop: Shop, tag: str, calls: str = "") -> str:
    container = shop.container(image=f"{shop.uri}:{tag}", portMappings=[PORT])
    container["environment"].append({"name": "NEIGHBOUR_URL", "value": calls})
    return shop.register(container, family=f"{shop.prefix}-mesh")


@pytest.fixture
def space(shop: Shop) -> str:
    """Return the ARN of a namespace."""
    shop.servicediscovery.create_http_namespace(Name="shifts")
    (found,) = [one for one in shop.servicediscovery.list_namespaces()["Namespaces"] if one["Name"] == "shifts"]
    return str(found["Arn"])


@pytest.fixture
def called(site: Site, space: str, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Return a service that is called by name, at version 1.0.0."""
    for tag in ("1.0.0", "1.1.0"):
        monkeypatch.setitem(site.shop.tags, tag, definition(site.shop, tag))
    site.create(2)
    change(site, {"enabled": True, "namespace": space, "services": [SERVER]})
    return site


def change(site: Site, configuration: dict[str, Any]) -> None:
    site.shop.ecs.update_service(
        cluster=site.shop.cluster_name, service=site.name, serviceConnectConfiguration=configuration
    )
    wait(lambda: len(site.service()["deployments"]) == 1 and site.newest()["status"] == "SUCCESSFUL", "not changed")


@pytest.fixture
def caller(called: Site, space: str) -> Iterator[str]:
    """Return where the task listens that calls it."""
    shop, connected = called.shop, {"enabled": True, "namespace": space, "services": []}
    arguments = {"loadBalancers": None, "serviceConnectConfiguration": connected}
    shop.create_service(shop.cluster_name, definition(shop, "1.0.0", "http://api"), "caller", **arguments)
    shop.until_service(shop.cluster_name, "caller", lambda one: one["runningCount"] == 1)
    (task,) = [one for one in shop.mover.tasks.values() if one.group == "service:caller" and one.alive]
    yield f"http://{task.address}:8080/neighbour"
    shop.ecs.delete_service(cluster=shop.cluster_name, service="caller", force=True)


def versions(caller: str, number: int) -> Counter[str]:
    """Return the versions that answer so many calls."""
    found: Counter[str] = Counter()
    for _ in range(number):
        with urllib.request.urlopen(caller, timeout=25) as answer:  # noqa: S310  a task's own address
            found[json.load(answer)["version"]] += 1
    return found


def test_a_canary_gets_its_share_of_the_calls_first(called: Site, caller: str) -> None:
    assert versions(caller, 5) == {"1.0.0": 5}
    called.update("1.1.0", **CANARY)
    wait(lambda: called.weights() in ({"blue": 80, "green": 20}, {"blue": 20, "green": 80}), "no canary")
    seen = versions(caller, 100)
    assert 5 <= seen["1.1.0"] <= 38  # 99.99 % of all samples of 100 calls at 20 %
    called.until("SUCCESSFUL", seconds=40)
    assert versions(caller, 20) == {"1.1.0": 20}
