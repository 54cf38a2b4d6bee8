"""Filters of the role network: subnets and endpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import IPv4Network
from itertools import combinations
from string import ascii_lowercase
from typing import Any

from ansible.errors import AnsibleFilterError

#: Where a service listens that does not say.
SERVICE_PORT = 8080
TIERS = ("public", "private", "database")
ZONES = (2, 4)
#: Prefix lengths of a network whose smallest subnets AWS still takes (/28), and of the largest VPC.
PREFIXES = (16, 23)
SMALLEST = 28
#: What tasks cannot start without when there is no other way to AWS: images, secrets and logs.
REQUIRED_ENDPOINTS = ("ecr.api", "ecr.dkr", "logs", "secretsmanager")
Subnet = dict[str, str]


def network_subnets(cidr: str, zones: Sequence[str], cidrs: Mapping[str, Sequence[str]] | None = None) -> list[Subnet]:
    """Return the subnets of a network: one a tier and zone, with ``name``, ``tier``, ``zone`` and ``cidr``.

    Half of the addresses are for the private tier, a quarter for the public one and an eighth for databases; an
    eighth stays free. Each tier is cut in four whatever the number of zones, so that a further zone moves nothing.

    Args:
        cidr: the network, /16 to /23, e.g. ``10.10.0.0/16``.
        zones: two to four zones, in order.
        cidrs: ranges given by hand, by tier, one a zone; they win over computed ones.

    Raises:
        AnsibleFilterError: a range is not one, lies outside or overlaps; the numbers of zones and ranges differ.
    """
    network = _parsed(cidr, "network_cidr")
    if not PREFIXES[0] <= network.prefixlen <= PREFIXES[1]:
        _refuse("network_subnets", "network_cidr", cidr, f"/{PREFIXES[0]} to /{PREFIXES[1]}")
    if not ZONES[0] <= len(set(zones)) == len(zones) <= ZONES[1]:
        _refuse("network_subnets", "network_zones", list(zones), f"{ZONES[0]} to {ZONES[1]} different zones")
    ranges = {**_computed(network), **_given(cidrs or {}, zones)}
    _check(ranges, network, len(zones))
    return [
        {"name": f"{tier}-{zone}", "tier": tier, "zone": zone, "cidr": str(part)}
        for tier in TIERS
        for zone, part in zip(zones, ranges[tier], strict=False)
    ]


def _refuse(filter_name: str, variable: str, got: Any, allowed: str) -> None:
    raise AnsibleFilterError(f"{filter_name}: {variable} is {got!r}; allowed: {allowed}")


def _parsed(text: str, variable: str) -> IPv4Network:
    try:
        return IPv4Network(text)
    except ValueError as error:
        raise AnsibleFilterError(
            f"network_subnets: {variable} is {text!r}, which is no IPv4 range ({error}); write one like 10.10.0.0/16"
        ) from error


def _computed(network: IPv4Network) -> dict[str, list[IPv4Network]]:
    private, rest = network.subnets(1)
    public, rest = rest.subnets(1)
    database, _free = rest.subnets(1)
    blocks = {"public": public, "private": private, "database": database}
    return {tier: list(block.subnets(2)) for tier, block in blocks.items()}


def _given(cidrs: Mapping[str, Sequence[str]], zones: Sequence[str]) -> dict[str, list[IPv4Network]]:
    for tier, parts in cidrs.items():
        if tier not in TIERS:
            _refuse("network_subnets", "network_subnet_cidrs", tier, f"the tiers {', '.join(TIERS)}")
        if len(parts) != len(zones):
            allowed = f"one range for each of the {len(zones)} zones"
            _refuse("network_subnets", f"network_subnet_cidrs.{tier}", list(parts), allowed)
    return {tier: [_parsed(part, f"network_subnet_cidrs.{tier}") for part in parts] for tier, parts in cidrs.items()}


def _check(ranges: Mapping[str, Sequence[IPv4Network]], network: IPv4Network, zones: int) -> None:
    parts = [(tier, part) for tier in TIERS for part in ranges[tier][:zones]]
    for tier, part in parts:
        if not part.subnet_of(network) or part.prefixlen > SMALLEST:
            allowed = f"ranges inside network_cidr ({network}), /{SMALLEST} or larger"
            _refuse("network_subnets", f"network_subnet_cidrs.{tier}", str(part), allowed)
    for (tier, part), (other_tier, other) in combinations(parts, 2):
        if part.overlaps(other):
            got = f"{part} ({tier}) and {other} ({other_tier})"
            _refuse("network_subnets", "network_subnet_cidrs", got, "ranges that do not overlap")


def network_subnet_resources(subnets: Sequence[Subnet], vpc_id: str, prefix: str) -> list[dict[str, Any]]:
    """Return the resources of ``subnets``; nothing that starts in one gets a public address by itself.

    Args:
        subnets: as :func:`network_subnets` returns them.
        vpc_id: of the VPC, or a reference to it.
        prefix: of the Name tags.
    """
    return [
        {
            "type": "ec2_subnet",
            "name": subnet["name"],
            "properties": {
                "VpcId": vpc_id,
                "CidrBlock": subnet["cidr"],
                "AvailabilityZone": subnet["zone"],
                "MapPublicIpOnLaunch": False,
            },
            "tags": {"Name": f"{prefix}-{subnet['name']}", "tier": subnet["tier"]},
        }
        for subnet in subnets
    ]


def network_zone_names(region: str, count: int) -> list[str]:
    """Return the first ``count`` zones of a region as AWS names them for most accounts, e.g. ``us-east-1a``."""
    return [f"{region}{letter}" for letter in ascii_lowercase[:count]]


def network_ports(hostvars: Mapping[str, Mapping[str, Any]], services: Iterable[str]) -> list[int]:
    """Return the ports on which the services listen, each once, in order.

    Args:
        hostvars: Ansible's variables by host.
        services: names of services, or what ``environment_services`` has of each: ``port`` of one that is no host here.
    """
    listed = {name: (services[name] if isinstance(services, Mapping) else None) or {} for name in services}
    ports = [
        hostvars[name].get("service_port") if name in hostvars else one.get("port") for name, one in listed.items()
    ]
    return sorted({int(port or SERVICE_PORT) for port in ports})


def network_endpoints(services: Sequence[str], nat: str) -> list[str]:
    """Return ``services``, the AWS services that get an interface endpoint, when tasks can start with them.

    Args:
        services: short names, e.g. ``ecr.api``.
        nat: ``none``, ``one`` or ``per_zone``.

    Raises:
        AnsibleFilterError: there is neither NAT nor an endpoint for something that every task needs.
    """
    missing = [name for name in REQUIRED_ENDPOINTS if name not in services]
    if nat == "none" and missing:
        raise AnsibleFilterError(
            f"network_endpoints: network_interface_endpoints lacks {missing} and network_nat is 'none', so tasks could"
            " not pull images, read secrets or log; add them, or set network_nat to 'one' or 'per_zone'"
        )
    return list(services)


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {
            "network_endpoints": network_endpoints,
            "network_ports": network_ports,
            "network_subnet_resources": network_subnet_resources,
            "network_subnets": network_subnets,
            "network_zone_names": network_zone_names,
        }
