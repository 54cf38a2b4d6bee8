"""A network that stood before, in Slipway's words: tiers, zones, gateways, tables, endpoints, security groups."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Any

from ..resource import ConvergeError
from .part import Part
from .survey import Item, Survey

ANYWHERE = "0.0.0.0/0"
#: Zones that Slipway's networks span, and prefix lengths that they have.
ZONES, PREFIXES = (2, 4), (16, 23)
#: Prefix length of a subnet that is made in what is free: the smallest one of AWS.
NEW_SUBNET = 28
GATEWAY_ENDPOINTS = ("s3", "dynamodb")
TIERS = ("public", "private", "database")
#: Subnets by tier and zone.
Tiers = dict[str, dict[str, Item]]


def network(found: Survey) -> Part:
    """Return the network.

    Raises:
        ConvergeError: it has a form that Slipway's networks cannot have.
    """
    cidr = IPv4Network(found.vpc["CidrBlock"])
    if not PREFIXES[0] <= cidr.prefixlen <= PREFIXES[1]:
        raise ConvergeError(
            f"{found.vpc['VpcId']} has {cidr}; networks of /{PREFIXES[0]} to /{PREFIXES[1]} can be taken over."
            " Make an environment beside it with inventory_new.yml, and move to it"
        )
    part, tiers = Part(), _tiers(found)
    zones = _zones(found, tiers, part)
    part.variables = _variables(found, cidr, tiers, zones)
    _pin_network(found, tiers, zones, part)
    _pin_endpoints(found, part)
    _pin_groups(found, part)
    return part


def _table(found: Survey, subnet: str) -> Item:
    own = (t for t in found.routes if any(a.get("SubnetId") == subnet for a in t["Associations"]))
    main = (t for t in found.routes if any(a.get("Main") for a in t["Associations"]))
    return next(own, None) or next(main)


def _is_public(found: Survey, subnet: Item) -> bool:
    routes = _table(found, subnet["SubnetId"])["Routes"]
    return any(str(route.get("GatewayId", "")).startswith("igw-") for route in routes)


def _tiers(found: Survey) -> Tiers:
    """Sort subnets; those of the database count as its tier only where nothing else stands in them."""
    mine = [one for one in found.subnets if not found.own or one["SubnetId"] in found.own]
    public = [one for one in mine if _is_public(found, one)]
    others = [one for one in mine if one not in public]
    of_database = _database_subnets(found) - _service_subnets(found)
    database = [one for one in others if one["SubnetId"] in of_database]
    private = [one for one in others if one not in database]
    if not private:
        private, database = database, []
    listed = {"public": public, "private": private, "database": database}
    return {tier: _by_zone(subnets) for tier, subnets in listed.items()}


def _by_zone(subnets: Iterable[Item]) -> dict[str, Item]:
    """Return the first subnet of each zone, by address."""
    ordered = sorted(subnets, key=lambda one: IPv4Network(one["CidrBlock"]), reverse=True)
    return {one["AvailabilityZone"]: one for one in ordered}


def _database_subnets(found: Survey) -> set[str]:
    return {one["SubnetIdentifier"] for base in found.databases for one in base["DBSubnetGroup"]["Subnets"]}


def _service_subnets(found: Survey) -> set[str]:
    return {subnet for service in found.services for subnet in placed(service).get("subnets", [])}


def placed(service: Item) -> Item:
    """Return where the tasks of an ECS service stand."""
    where: Item = (service.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    return where


def _zones(found: Survey, tiers: Tiers, part: Part) -> list[str]:
    """Return the zones that have a public and a private subnet, that of a single NAT gateway first."""
    both = sorted(set(tiers["public"]) & set(tiers["private"]))
    if len(both) < ZONES[0]:
        raise ConvergeError(
            f"{found.vpc['VpcId']} has a public and a private subnet in {len(both)} zones ({', '.join(both)}), and"
            f" {ZONES[0]} to {ZONES[1]} are needed; add subnets with Terraform, then adopt"
        )
    where = {one["SubnetId"]: one["AvailabilityZone"] for one in found.subnets}
    with_nat = [where[nat["SubnetId"]] for nat in found.nats]
    zones = sorted(both, key=lambda zone: zone not in with_nat) if len(with_nat) == 1 else both
    used = {tiers[tier][zone]["SubnetId"] for tier in TIERS for zone in zones[: ZONES[1]] if zone in tiers[tier]}
    for subnet in found.subnets:
        if subnet["SubnetId"] not in used:
            part.leave(
                f"subnet {subnet['SubnetId']} ({subnet['CidrBlock']})",
                "has no place among the tiers; nothing is put in it",
            )
    return zones[: ZONES[1]]


def _variables(found: Survey, cidr: IPv4Network, tiers: Tiers, zones: list[str]) -> dict[str, Any]:
    endpoints = [name for name, one in _endpoints(found).items() if one["VpcEndpointType"] == "Interface"]
    return {
        "network_cidr": str(cidr),
        "network_zone_count": len(zones),
        "network_zones": zones,
        "network_subnet_cidrs": _ranges(found, cidr, tiers, zones),
        "network_nat": _nat(found, zones),
        "network_interface_endpoints": sorted(endpoints),
    }


def _nat(found: Survey, zones: list[str]) -> str:
    if not found.nats:
        return "none"
    return "per_zone" if len(_nats(found, zones)) == len(zones) else "one"


def _nats(found: Survey, zones: list[str]) -> dict[str, Item]:
    where = {one["SubnetId"]: one["AvailabilityZone"] for one in found.subnets}
    return {where[nat["SubnetId"]]: nat for nat in found.nats if where[nat["SubnetId"]] in zones}


def _ranges(found: Survey, cidr: IPv4Network, tiers: Tiers, zones: list[str]) -> dict[str, list[str]]:
    """Return the range of each subnet, with one that is free where there is none."""
    taken = [IPv4Network(one["CidrBlock"]) for one in found.subnets]
    ranges: dict[str, list[str]] = {}
    for tier in TIERS:
        for zone in zones:
            block = IPv4Network(tiers[tier][zone]["CidrBlock"]) if zone in tiers[tier] else _free(cidr, taken)
            taken.append(block)
            ranges.setdefault(tier, []).append(str(block))
    return ranges


def _free(cidr: IPv4Network, taken: list[IPv4Network]) -> IPv4Network:
    for block in cidr.subnets(new_prefix=NEW_SUBNET):
        if not any(block.overlaps(one) for one in taken):
            return block
    raise ConvergeError(f"{cidr} has no /{NEW_SUBNET} left for the database's subnets; free one, then adopt")


def _pin_network(found: Survey, tiers: Tiers, zones: list[str], part: Part) -> None:
    part.pin("network", {"ec2_vpc.main": found.vpc["VpcId"]})
    for gateway in found.gateways:  # a VPC has one at most
        part.pin("network", {"ec2_internet_gateway.main": gateway["InternetGatewayId"]})
    for tier in TIERS:
        for zone in [zone for zone in zones if zone in tiers[tier]]:
            subnet = tiers[tier][zone]["SubnetId"]
            table = f"private-{zone}" if tier == "private" else tier
            part.pin("network", {f"ec2_subnet.{tier}-{zone}": subnet})
            part.pin("network", {f"ec2_route_table.{table}": _table(found, subnet)["RouteTableId"]})
    kept = _nats(found, zones)
    for zone, nat in list(kept.items())[: len(zones) if _nat(found, zones) == "per_zone" else 1]:
        address = next((one["AllocationId"] for one in nat["NatGatewayAddresses"] if "AllocationId" in one), "")
        part.pin("network", {f"ec2_nat_gateway.{zone}": nat["NatGatewayId"], f"ec2_elastic_ip.nat-{zone}": address})
    part.leave_out("network", [f"ec2_network_acl.{tier}" for tier in TIERS])
    part.pin("network", {"ec2_default_network_acl.default": "", "ec2_default_security_group.default": ""})


def _endpoints(found: Survey) -> dict[str, Item]:
    """Return endpoints of AWS's services by the name after the region, each of the kind that Slipway makes."""
    prefix = f"com.amazonaws.{found.region}."
    ours = [one for one in found.endpoints if one["ServiceName"].startswith(prefix)]
    named = [(one["ServiceName"].removeprefix(prefix), one) for one in ours]
    return {name: one for name, one in named if one["VpcEndpointType"] == _endpoint_kind(name)}


def _endpoint_kind(name: str) -> str:
    return "Gateway" if name in GATEWAY_ENDPOINTS else "Interface"


def _pin_endpoints(found: Survey, part: Part) -> None:
    endpoints = _endpoints(found)
    part.pin("network", {f"ec2_vpc_endpoint.{name}": one["VpcEndpointId"] for name, one in sorted(endpoints.items())})
    missing = [name for name in GATEWAY_ENDPOINTS if name not in endpoints]
    part.leave_out("network", [f"ec2_vpc_endpoint.{name}" for name in missing])


def _pin_groups(found: Survey, part: Part) -> None:
    groups = {
        "load_balancer": [one for balancer in found.balancers for one in balancer.get("SecurityGroups", [])],
        "services": [one for service in found.services for one in placed(service).get("securityGroups", [])],
        "database": [one["VpcSecurityGroupId"] for base in found.databases for one in base["VpcSecurityGroups"]],
    }
    for name, ids in groups.items():
        if ids:
            part.pin("network", {f"ec2_security_group.{name}": ids[0], f"ec2_security_group_rules.{name}": ""})
