"""Two load balancers of an environment, and a service that names the second, as their roles declare them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.engine import Engine
from ansible_collections.slipway.aws.plugins.plugin_utils.outcome import CREATED, FAILED, SKIPPED, UNCHANGED, UPDATED
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import parse
from tests.unit.adapters.converging import REGION, TAGS
from tools.files import ROOT

#: In an order in which each finds what it needs.
HOSTS = (
    "keys",
    "dns",
    "network",
    "registry",
    "log_storage",
    "cluster",
    "certificate",
    "load_balancer",
    "firewall",
    "web",
)
BOTH = {"load_balancers": ["main", "second"]}
#: What another component would publish.
OF_ANOTHER = "arn:aws:secretsmanager:us-east-1:123456789012:secret:slipway/dev/web-AbCdEf"
Declared = dict[str, list[dict[str, Any]]]


def listed(balancer: str) -> dict[str, Any]:
    """Return the variables with which the service stands on a load balancer."""
    return {**BOTH, "environment_services": {"web": {"priority": 100, "load_balancer": balancer}}}


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud, which refuses what AWS refuses."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def declared() -> list[Declared]:
    """Return what dev declares with the service on the second load balancer, and on the first."""
    wanted = json.dumps([["dev", listed(name), ["service"], HOSTS] for name in ("second", "main")])
    program = [sys.executable, "tools/rendered.py", wanted]
    told: list[Declared] = json.loads(subprocess.run(program, cwd=ROOT, capture_output=True, check=True).stdout)
    return told


def converge(resources: list[dict[str, Any]]) -> dict[str, str]:
    """Converge as a task of dev would; return what became of each, with the reason where it failed."""
    cloud = Cloud(REGION)
    engine = Engine(cloud, Outputs(cloud, "/slipway/dev"), check=False, progress=lambda _: None)
    outcomes = engine.run([parse(entry, TAGS) for entry in resources])
    return {str(item.resource): f"{item.action} {item.message}".strip() for item in outcomes}


def test_a_service_stands_on_the_load_balancer_that_it_names_and_stays_there(
    declared: list[Declared], client: Callable[[str], Any]
) -> None:
    second, first = declared
    client("ssm").put_parameter(
        Name="/slipway/dev/database_access/web", Value=OF_ANOTHER, Type="String", Overwrite=True
    )
    for host in HOSTS:
        assert set(converge(second[host]).values()) <= {CREATED, UPDATED, UNCHANGED}, host
    for host in HOSTS[-3:]:
        assert set(converge(second[host]).values()) == {UNCHANGED}, host
    groups = client("elbv2").describe_target_groups()["TargetGroups"]  # of other tests, too
    own = [group for group in groups if group["TargetGroupName"].startswith("slipway-dev-")]
    carriers = {arn.split("/")[2] for group in own for arn in group["LoadBalancerArns"]}
    assert carriers == {"slipway-dev-second"}

    moved = converge(first["web"])
    assert moved["elbv2_listener_rule.https"].startswith(f"{FAILED} CreateRule was refused with TargetGroupAssociation")
    assert moved["route53_record.main"].startswith(SKIPPED)
