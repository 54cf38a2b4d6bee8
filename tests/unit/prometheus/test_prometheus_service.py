"""What a service declares so that Prometheus finds it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.adapters.service_facts import FACTS
from tests.unit.prometheus.conftest import resources

GROUP = "${output.prometheus.scraped_security_group_id}"


def declared(**more: Any) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return the ECS services of web, and the variables of its container."""
    found = resources(json.dumps({"__service_facts": FACTS, **more}), "service")
    (definition,) = (one["properties"] for one in found if one["type"] == "ecs_task_definition")
    (container,) = (one for one in definition["containerDefinitions"] if one["name"] == "web")
    variables = {one["name"]: one["value"] for one in container["environment"]}
    return [one for one in found if one["type"] == "ecs_service"], variables


def test_each_colour_registers_under_its_name_and_lets_prometheus_in() -> None:
    services, variables = declared()
    assert {one["name"]: one["properties"]["serviceRegistries"] for one in services} == {
        colour: [{"registryArn": f"${{output.prometheus.registry_arn.{colour}-web}}"}] for colour in ("blue", "green")
    }
    for one in services:
        assert GROUP in one["properties"]["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]
    assert variables["METRICS_PORT"] == "9464"


@pytest.mark.parametrize("more", [{"prometheus_enabled": False}, {"service_metrics_port": 0}])
def test_nobody_registers_what_is_not_read(more: dict[str, Any]) -> None:
    services, variables = declared(**more)
    assert [one["properties"]["serviceRegistries"] for one in services] == [[], []]
    assert GROUP not in json.dumps(services)
    assert "METRICS_PORT" not in variables


def test_a_service_of_codedeploy_has_its_name_from_when_it_is_made() -> None:
    """CodeDeploy's services cannot change it, so it is none of what is compared."""
    ((service,), _) = declared(service_engine="codedeploy")
    assert "serviceRegistries" not in service["properties"]
    assert service["initial"]["serviceRegistries"] == [{"registryArn": "${output.prometheus.registry_arn.main-web}"}]


def test_the_port_of_metrics_is_no_target() -> None:
    """The load balancer leads to the service's port; the port of metrics is not even mapped."""
    services, _ = declared()
    assert {entry["containerPort"] for one in services for entry in one["properties"]["loadBalancers"]} == {8080}
