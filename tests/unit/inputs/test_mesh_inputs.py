"""What services are given for Service Connect, checked before anything is called."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_mesh import mesh_problems, name_problems

SERVER: dict[str, Any] = {
    "service_mesh": "server",
    "service_engine": "rolling",
    "service_cpu": 512,
    "service_port": 8080,
    "service_trace_share": 0,
    "service_collector_cpu": 32,
    "service_mesh_cpu": 256,
    "service_mesh_name": "api",
    "service_mesh_port": 80,
    "service_mesh_proxy_port": 15080,
    "service_mesh_request_timeout": 15,
    "service_mesh_idle_timeout": 300,
}
PLATFORM = {"platform": ["network", "service_connect"]}


@pytest.mark.parametrize(
    ("given", "groups"),
    [
        ({}, PLATFORM),
        ({"service_engine": "ecs"}, PLATFORM),
        ({"service_trace_share": 1}, PLATFORM),
        ({}, {"services": ["api"]}),
        ({"service_mesh": "client", "service_engine": "weighted", "service_mesh_name": "A"}, PLATFORM),
        ({"service_mesh": "none", "service_engine": "codedeploy", "service_mesh_cpu": 9999}, {"platform": ["network"]}),
    ],
)
def test_what_goes(given: dict[str, Any], groups: dict[str, list[str]]) -> None:
    """A slice of the services has no platform; and of what takes no part nothing is asked."""
    assert list(mesh_problems("api", SERVER | given, groups)) == []


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"service_engine": "weighted"}, "which service_engine 'weighted' does not have to itself; allowed are ecs"),
        ({"service_engine": "codedeploy"}, "which service_engine 'codedeploy' does not have to itself"),
        ({"service_engine": "codedeploy", "service_mesh": "client"}, "which service_engine 'codedeploy' excludes"),
        ({"service_cpu": 256}, "service_mesh_cpu is 256; allowed are 1 to 192, since the service keeps a quarter"),
        ({"service_trace_share": 1, "service_mesh_cpu": 353}, "allowed are 1 to 352"),
        ({"service_mesh_cpu": 0}, "service_mesh_cpu is 0; allowed are 1 to 384"),
        ({"service_mesh_name": "Api"}, "service_mesh_name is 'Api'; allowed are 1 to 64"),
        ({"service_mesh_port": 0}, "service_mesh_port is 0; allowed are 1 to 65535"),
        ({"service_mesh_proxy_port": 3389}, "service_mesh_proxy_port is 3389; the network ACLs let 1024 to 65535"),
        ({"service_mesh_proxy_port": 80}, "service_mesh_proxy_port is 80; the network ACLs let"),
        ({"service_mesh_proxy_port": 8080}, "service_mesh_proxy_port is 8080, as service_port"),
        ({"service_mesh_request_timeout": -1}, "service_mesh_request_timeout is -1; allowed are 0"),
    ],
)
def test_what_does_not(given: dict[str, Any], text: str) -> None:
    (found,) = mesh_problems("api", SERVER | given, PLATFORM)
    assert found.startswith("api: ")
    assert text in found


def test_a_mesh_needs_its_component() -> None:
    (found,) = mesh_problems("api", SERVER, {"platform": ["network"]})
    assert "the inventory has no component service_connect; add it to hosts.yml" in found


def test_a_name_leads_to_one_service() -> None:
    hostvars = {
        "api": {"service_mesh": "server"},
        "copy": {"service_mesh": "server", "service_mesh_name": "api"},
        "web": {"service_mesh": "client", "service_mesh_name": "api"},
        "old": {"service_mesh_name": "api"},
    }
    (found,) = name_problems(hostvars, hostvars)
    assert found.startswith("service_mesh_name api is given to api and copy")
