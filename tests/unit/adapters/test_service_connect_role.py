"""What the roles service_connect and service declare of the mesh: who may call whom, and how."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.unit.adapters.service_facts import FACTS
from tools.files import ROOT

GROUP = "${output.service_connect.security_group_id}"
SERVER = {"service_mesh": "server", "service_engine": "rolling", "service_mesh_name": "api", "service_cpu": 512}


@functools.cache
def evaluated(role: str, more: str) -> list[dict[str, Any]]:
    program = [sys.executable, "tests/unit/adapters/evaluate_role.py", "../molecule/inventory", role, more]
    told = subprocess.run(
        program, cwd=ROOT, capture_output=True, check=True, env={**os.environ, "SLIPWAY_MOLECULE_PLATFORM": "test"}
    )
    found: list[dict[str, Any]] = json.loads(told.stdout)
    return found


def service(**more: Any) -> dict[str, dict[str, Any]]:
    """Return the properties of the ECS services of web, by colour, and of its container."""
    found = evaluated("service", json.dumps({"__service_facts": FACTS} | more))
    (definition,) = (one["properties"] for one in found if one["type"] == "ecs_task_definition")
    (container,) = (one for one in definition["containerDefinitions"] if one["name"] == "web")
    services = {one["name"]: one for one in found if one["type"] == "ecs_service"}
    return {**services, "container": container}


def mesh(one: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = one["properties"]["serviceConnectConfiguration"]
    return found


def groups(one: dict[str, Any]) -> list[str]:
    found: list[str] = one["properties"]["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]
    return found


def test_the_group_lets_its_members_in_at_their_proxies_and_nowhere_else() -> None:
    found = evaluated("service_connect", json.dumps({"environment_services": {"web": {}, "api": {}}}))
    (rules,) = (one["properties"] for one in found if one["type"] == "ec2_security_group_rules")
    peer = {"ReferencedGroupId": "${ec2_security_group.main.GroupId}"}
    (rule,) = rules["Ingress"]
    assert rule == {"IpProtocol": "tcp", "FromPort": 15080, "ToPort": 15080, "Description": "Calls", **peer}
    assert rules["Egress"] == rules["Ingress"]
    (space,) = (one["properties"] for one in found if one["type"] == "servicediscovery_http_namespace")
    assert space["Name"] == "mol-test"


def test_nobody_takes_part_by_default() -> None:
    found = service()
    for colour in ("blue", "green"):
        assert mesh(found[colour]) == {"enabled": False}
        assert GROUP not in groups(found[colour])
    (port,) = found["container"]["portMappings"]
    assert (port["name"], port["appProtocol"], port["containerPort"]) == ("http", "http", 8080)


def test_a_client_calls_and_is_not_called() -> None:
    found = service(service_mesh="client", service_cpu=512)
    for colour in ("blue", "green"):
        assert (mesh(found[colour])["enabled"], mesh(found[colour])["services"]) == (True, [])
        assert mesh(found[colour])["namespace"] == "${output.service_connect.namespace_arn}"
        assert "accessLogConfiguration" not in mesh(found[colour])
        assert GROUP in groups(found[colour])
    beside = 32 + 256
    assert found["container"]["cpu"] == 512 - beside


def test_a_server_has_a_name_a_port_and_times() -> None:
    (endpoint,) = mesh(service(**SERVER)["main"])["services"]
    assert endpoint == {
        "portName": "http",
        "discoveryName": "api",
        "clientAliases": [{"port": 80, "dnsName": "api"}],
        "ingressPortOverride": 15080,
        "timeout": {"perRequestTimeoutSeconds": 15, "idleTimeoutSeconds": 300},
    }


def test_requests_are_logged_without_queries_when_asked_for() -> None:
    found = mesh(service(**SERVER, service_mesh_access_log=True)["main"])
    assert found["accessLogConfiguration"] == {"format": "JSON", "includeQueryParameters": "DISABLED"}
    assert found["logConfiguration"]["options"]["awslogs-group"] == "/mol/test/web"


@pytest.mark.parametrize(("kind", "wanted"), [("client", ["ecs_service.api/main"]), ("server", [])])
def test_a_client_waits_for_those_who_are_called(kind: str, wanted: list[str]) -> None:
    facts = {"__service_facts": FACTS | {"called": ["api"]}}
    given = SERVER | facts | {"service_mesh": kind}
    assert [one for one in service(**given)["main"]["depends_on"] if "/" in one] == wanted


def test_codedeploy_has_nothing_of_it() -> None:
    found = service(service_engine="codedeploy", __service_facts=FACTS)
    assert "serviceConnectConfiguration" not in found["main"]["properties"]
