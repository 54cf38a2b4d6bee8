"""Two services of a new environment, of which one calls the other by its name, from an inventory to a request."""

from __future__ import annotations

import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal import cli
from tests.e2e.environment import ROOT, Environment

#: An environment of its own is too much for every run of the tests.
pytestmark = pytest.mark.soak

SIZE = {"service_cpu": 512, "service_memory": 1024, "service_engine": "rolling"}
SERVICES: dict[str, dict[str, Any]] = {
    "api": {**SIZE, "service_mesh": "server", "service_mesh_access_log": True},
    "front": {**SIZE, "service_mesh": "client", "service_environment": {"NEIGHBOUR_URL": "http://api"}},
}
WITHIN = 60.0


@pytest.fixture
def dev(fresh: Environment, tmp_path: Path) -> Environment:
    """Return a dev whose inventory has both services beside web, which nobody has pushed."""
    web = yaml.safe_load((ROOT / "inventories/dev/host_vars/web.yml").read_text(encoding="utf-8"))
    hosts = {name: web | own | {"service_domain": f"{name}.dev.example.com"} for name, own in SERVICES.items()}
    platform: dict[str, Any] = {"children": {"access": {"hosts": {"service_connect": {}}}}}
    groups = {"dev": {"children": {"platform": platform, "services": {"hosts": hosts}}}}
    path = tmp_path / "mesh.yml"
    path.write_text(yaml.safe_dump({"all": {"children": groups}}), encoding="utf-8")
    given = {
        "environment_services": {name: {"priority": 100 + place} for place, name in enumerate(["web", *SERVICES])},
        "releases": {name: {"image_tag": "1.0.0"} for name in ["web", *SERVICES]},
    }
    more = ["-i", str(path), "-e", json.dumps(given)]
    played = fresh.playbook
    fresh.playbook = lambda name, *rest, **how: played(name, *more, *rest, **how)  # type: ignore[method-assign]
    return fresh


def until(answer: Callable[[], Any], wanted: Any) -> None:
    deadline = time.monotonic() + WITHIN
    while (found := answer()) != wanted:
        assert time.monotonic() < deadline, f"{found} is not {wanted}"
        time.sleep(0.5)


def test_a_service_calls_another_by_its_name(dev: Environment) -> None:
    dev.playbook("site.yml")
    for name in SERVICES:
        cli.order("tasks.push", image="web:1.0.0", repository=f"slipway-dev/{name}", region="us-east-1")
    limit = ("--limit", "service_connect,api,front")
    dev.playbook("site.yml", *limit)
    assert called(dev) == (200, {"version": "1.0.0"})
    assert dev.playbook("site.yml", *limit).changed == {}
    is_told(dev)
    mends_drift(dev, limit)
    outside = json.dumps({"service_mesh": "none"})
    dev.playbook("site.yml", "--limit", "front", "-e", outside)
    until(lambda: called(dev)[0], 502)


def called(dev: Environment) -> tuple[int, Any]:
    """Return status and content of what the front says of its neighbour."""
    trusted = ssl.create_default_context(cafile=dev.variables["SSL_CERT_FILE"])
    proxy = urllib.request.ProxyHandler({"https": dev.variables["HTTPS_PROXY"]})
    opener = urllib.request.build_opener(proxy, urllib.request.HTTPSHandler(context=trusted))
    try:
        with opener.open("https://front.dev.example.com/neighbour", timeout=20) as answer:
            return int(answer.status), json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, None


def is_told(dev: Environment) -> None:
    """Expect metrics of both sides, and a line of the access log."""
    names = {("TargetDiscoveryName", "HTTPCode_Target_2XX_Count"), ("DiscoveryName", "RequestCount")}
    for dimension, metric in names:
        wanted = [{"Name": dimension, "Value": "api"}]
        listed = dev.client("cloudwatch").list_metrics(Namespace="AWS/ECS", MetricName=metric, Dimensions=wanted)
        assert listed["Metrics"], metric
    events = dev.client("logs").filter_log_events(logGroupName="/slipway/dev/api")["events"]
    found = [json.loads(one["message"]) for one in events if one["logStreamName"].startswith("mesh/")]
    assert {(one["authority"], one["path"]) for one in found} == {("api:80", "/version")}


def mends_drift(dev: Environment, limit: tuple[str, str]) -> None:
    """Expect a name that somebody took away to be in the plan, and back after a run."""
    ecs, off = dev.client("ecs"), {"enabled": False}
    ecs.update_service(cluster="slipway-dev", service="slipway-dev-api", serviceConnectConfiguration=off)
    assert "ecs_service.api/main" in " ".join(dev.playbook("playbooks/plan.yml", *limit).resources)
    dev.playbook("site.yml", *limit)
    until(lambda: called(dev)[0], 200)
