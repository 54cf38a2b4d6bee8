"""Checks of what services are given for ECS Service Connect; as in :mod:`inputs`, pure, a sentence for each mistake."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

COMPONENT = "service_connect"
#: Engines of services that call others; CodeDeploy's controller and Service Connect exclude each other.
CLIENTS = ("weighted", "ecs", "rolling")
#: Engines of services that are called: with one ECS service, to which a name belongs.
SERVERS = ("ecs", "rolling")
#: What a name may be: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectService.html
_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,63}")
HIGHEST_PORT = 65_535
#: Ports that the network ACLs of private subnets let through.
FIRST_OPEN, CLOSED = 1024, 3389
_TIMES = ("service_mesh_request_timeout", "service_mesh_idle_timeout")


def mesh_problems(host: str, given: Mapping[str, Any], groups: Mapping[str, Container[str]]) -> Iterator[str]:
    """Check what a service is in the mesh, and whether its engine and the environment go with it.

    Args:
        host: the service.
        given: its ``service_*`` variables, defaults among them.
        groups: of the inventory.
    """
    kind, engine = given["service_mesh"], given["service_engine"]
    if kind == "none":
        return
    platform = groups.get("platform") or ()
    if platform and COMPONENT not in platform:
        yield (
            f"{host}: service_mesh is {kind!r}, but the inventory has no component {COMPONENT}; add it to hosts.yml, in"
            " the group access, or set service_mesh to none"
        )
    yield from _engine_problems(host, kind, engine)
    yield from _size_problems(host, given)
    if kind == "server":
        yield from _server_problems(host, given)


def _engine_problems(host: str, kind: str, engine: str) -> Iterator[str]:
    if kind == "server" and engine not in SERVERS:
        yield (
            f"{host}: service_mesh is 'server', and a name leads to one ECS service, which service_engine {engine!r}"
            f" does not have to itself; allowed are {' and '.join(SERVERS)}"
        )
    elif engine not in CLIENTS:
        yield (
            f"{host}: service_mesh is {kind!r}, which service_engine {engine!r} excludes; allowed are"
            f" {', '.join(CLIENTS)}"
        )


def _size_problems(host: str, given: Mapping[str, Any]) -> Iterator[str]:
    """Check that proxy and collector leave a quarter of the task to the service."""
    collector = int(given["service_collector_cpu"]) if float(given["service_trace_share"]) else 0
    taken, most = int(given["service_mesh_cpu"]), int(given["service_cpu"]) * 3 // 4 - collector
    if not 0 < taken <= most:
        yield (
            f"{host}: service_mesh_cpu is {taken}; allowed are 1 to {most}, since the service keeps a quarter of"
            f" service_cpu {given['service_cpu']}; raise that, or give the proxy less"
        )


def _server_problems(host: str, given: Mapping[str, Any]) -> Iterator[str]:
    if not _NAME.fullmatch(str(given["service_mesh_name"])):
        yield (
            f"{host}: service_mesh_name is {given['service_mesh_name']!r}; allowed are 1 to 64 of a-z, 0-9, _ and -,"
            " not - at first"
        )
    yield from _port_problems(host, given)
    for name in _TIMES:
        if int(given[name]) < 0:
            yield f"{host}: {name} is {given[name]}; allowed are 0, for no end, and seconds"


def _port_problems(host: str, given: Mapping[str, Any]) -> Iterator[str]:
    called, proxy = int(given["service_mesh_port"]), int(given["service_mesh_proxy_port"])
    if not 0 < called <= HIGHEST_PORT:
        yield f"{host}: service_mesh_port is {called}; allowed are 1 to {HIGHEST_PORT}"
    if not FIRST_OPEN <= proxy <= HIGHEST_PORT or proxy == CLOSED:
        yield (
            f"{host}: service_mesh_proxy_port is {proxy}; the network ACLs let {FIRST_OPEN} to {HIGHEST_PORT} through,"
            f" but not {CLOSED}"
        )
    if proxy == int(given["service_port"]):
        yield (
            f"{host}: service_mesh_proxy_port is {proxy}, as service_port; give the proxy a port of its own, since the"
            " load balancer asks the service itself"
        )


def name_problems(services: Iterable[str], hostvars: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Check that no two servers of the inventory have the same name."""
    users: dict[str, str] = {}
    for host in services:
        values = hostvars[host]
        if values.get("service_mesh", "none") == "server":
            name = str(values.get("service_mesh_name", host))
            if name in users:
                yield f"service_mesh_name {name} is given to {users[name]} and {host}; a name leads to one service"
            users.setdefault(name, host)
