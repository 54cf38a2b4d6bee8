"""Where a name leads: through DNS records to a load balancer's listener, or to an address of this machine."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from rehearsal.edge.conditions import SOMEONE
from rehearsal.edge.routes import Balancer, Table

#: Records that point to records that point to ... end somewhere.
DEPTH = 8
LOCAL = ("localhost", "127.")
#: Where API Gateway listens.
HTTPS = 443


class Unreachable(Exception):  # noqa: N818  what the client is told
    """A host and port that lead nowhere; the text says why."""


@dataclass(frozen=True, slots=True)
class Way:
    """A balancer's listener, or a plain address."""

    address: str = ""
    port: int = 0
    listener: str = ""


def find(table: Table, host: str, port: int, source: str) -> Way:
    """Return where ``host:port`` leads for a client with the address ``source``.

    Raises:
        Unreachable: no record, nothing that listens, or security groups that let nobody in.
    """
    name = host.lower().rstrip(".")
    if name.startswith(LOCAL):
        return Way(name, port)
    by_gateway = {target: one.arn for one in table.gateways.values() for target in one.targets}
    by_dns = {balancer.dns.lower(): balancer for balancer in table.balancers.values()}
    for _ in range(DEPTH):
        if name in by_dns:
            return _listener(by_dns[name], port, source)
        if name in by_gateway:
            return _gateway(by_gateway[name], port)
        if name.startswith(LOCAL):
            return Way(name, port)
        values = table.names.get(name) or table.names.get(f"*.{name.partition('.')[2]}")
        if not values:
            break
        name = values[0]
    raise Unreachable(
        f"{host}: no load balancer, no API and no DNS record of the local cloud leads anywhere from {name}"
    )


def _gateway(arn: str, port: int) -> Way:
    if port != HTTPS:
        raise Unreachable(f"timed out: API Gateway listens on port {HTTPS} only, not on {port}")
    return Way(listener=arn)


def _listener(balancer: Balancer, port: int, source: str) -> Way:
    listener = next((one for one in balancer.listeners if one.port == port), None)
    if listener is None:
        ports = ", ".join(str(one.port) for one in balancer.listeners) or "none"
        raise Unreachable(f"load balancer {balancer.name} has no listener on port {port}; it has: {ports}")
    if balancer.internal and not _inside(source, balancer.cidrs):
        raise Unreachable(
            f"load balancer {balancer.name} is internal and the client is outside of its VPC; "
            "be inside by a proxy user that is an address of the VPC: http://10.0.0.10@127.0.0.1:PORT"
        )
    if not _inside(source, balancer.admits.get(str(port), ())):
        raise Unreachable(
            f"timed out: no security group of load balancer {balancer.name} lets {source} in on port {port}"
        )
    return Way(listener=listener.arn)


def _inside(source: str, networks: tuple[str, ...]) -> bool:
    address = ipaddress.ip_address(source)
    return any(address in ipaddress.ip_network(network, strict=False) for network in networks)


def source_of(user: str) -> str:
    """Return the address a client says it has, which is any client's when it says nothing sensible."""
    try:
        return str(ipaddress.ip_address(user))
    except ValueError:
        return SOMEONE
