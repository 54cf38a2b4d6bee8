"""Whether a task in a subnet reaches an AWS API: by an endpoint of the VPC, or by the internet."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rehearsal.injection.cut import cut_off
from rehearsal.tasks.guarded import guard
from rehearsal.world import World

EVERYWHERE = "0.0.0.0/0"
HTTPS = 443


@dataclass(frozen=True)
class Interface:
    """A task's network interface.

    Attributes:
        eni: moto's.
        region: of the VPC.
        groups: ids of its security groups.
        public: whether it has a public address.
    """

    eni: Any
    region: str
    groups: tuple[str, ...]
    public: bool

    @property
    def subnet(self) -> Any:
        """Moto's subnet."""
        return self.eni.subnet

    @property
    def address(self) -> str:
        """The private address."""
        return str(self.eni.private_ip_address)


def attach(world: World, region: str, subnet_id: str, groups: Sequence[str], *, public: bool) -> Interface:
    """Make a network interface in a subnet; without groups it gets the VPC's default one."""
    backend = world.backend("ec2", region)
    subnet = backend.get_subnet(subnet_id)
    chosen = tuple(groups) or (backend.get_default_security_group(subnet.vpc_id).id,)
    address = subnet.get_available_subnet_ip(None)
    eni = backend.create_network_interface(subnet, address, group_ids=list(chosen), description="ecs task")
    eni.status = "in-use"
    eni.device_index = 1
    guard(world, region, subnet)
    return Interface(eni, region, chosen, public)


def detach(world: World, interface: Interface) -> None:
    """Remove a network interface."""
    world.backend("ec2", interface.region).enis.pop(interface.eni.id, None)
    interface.subnet.del_subnet_ip(interface.address)


def reaches(world: World, interface: Interface, service: str) -> bool:
    """Say whether the interface reaches an AWS service (e.g. ``ecr.api``) on port 443."""
    if interface.subnet.id in cut_off(world):
        return False
    found = endpoint(world, interface, service)
    return _answers(world, interface, found) if found else _by_internet(world, interface)


def reaches_internet(world: World, interface: Interface) -> bool:
    """Say whether the interface reaches a public registry."""
    return interface.subnet.id not in cut_off(world) and _by_internet(world, interface)


def route_table(world: World, interface: Interface) -> Any:
    """Return the route table of the interface's subnet: its own, or the VPC's main one."""
    tables = [
        table
        for table in world.backend("ec2", interface.region).route_tables.values()
        if table.vpc_id == interface.subnet.vpc_id
    ]
    for table in tables:
        if any(one.get("SubnetId") == interface.subnet.id for one in table.associations):
            return table
    return next(table for table in tables if table.main_association_id)


def _by_internet(world: World, interface: Interface) -> bool:
    if not _lets_out(world, interface, EVERYWHERE, ()):
        return False
    for route in route_table(world, interface).routes:
        if route.destination_cidr_block != EVERYWHERE:
            continue
        if route.nat_gateway is not None:
            return str(getattr(route.nat_gateway, "state", "available")) == "available"
        return interface.public and route.gateway is not None
    return False


def endpoint(world: World, interface: Interface, service: str) -> Any | None:
    """Return the VPC's endpoint that requests to a service go through; ``None`` when they go to the internet."""
    name = f"com.amazonaws.{interface.region}.{service}"
    for one in list(world.backend("ec2", interface.region).vpc_end_points.values()):
        there = one.vpc_id == interface.subnet.vpc_id and one.service_name == name and one.state != "deleted"
        if there and _leads_to(world, interface, one):
            return one
    return None


def _leads_to(world: World, interface: Interface, found: Any) -> bool:
    """Say whether routes, or names, lead to an endpoint: a gateway's are more specific than a NAT gateway's."""
    if found.vpc_endpoint_type == "Gateway":
        return route_table(world, interface).id in found.route_table_ids
    return found.private_dns_enabled is not False


def _answers(world: World, interface: Interface, found: Any) -> bool:
    if found.vpc_endpoint_type != "Gateway":
        return _interface_answers(world, interface, found)
    lists = (found.destination_prefix_list_id or "",)
    return _lets_out(world, interface, EVERYWHERE, lists) or _lets_out_prefix(world, interface)


def _interface_answers(world: World, interface: Interface, found: Any) -> bool:
    network = world.backend("ec2", interface.region).get_vpc(interface.subnet.vpc_id).cidr_block
    out = _lets_out(world, interface, network, tuple(found.security_group_ids))
    return out and any(
        _admits(rule, HTTPS) and _covers(rule, f"{interface.address}/32", interface.groups)
        for group in found.security_group_ids
        for rule in _group(world, interface.region, group).ingress_rules
    )


def _lets_out(world: World, interface: Interface, network: str, targets: tuple[str, ...]) -> bool:
    return any(
        _admits(rule, HTTPS) and _covers(rule, network, targets)
        for group in interface.groups
        for rule in _group(world, interface.region, group).egress_rules
    )


def _lets_out_prefix(world: World, interface: Interface) -> bool:
    """Say whether a rule lets traffic out to a managed prefix list: a gateway endpoint's addresses."""
    return any(
        _admits(rule, HTTPS) and bool(rule.prefix_list_id)
        for group in interface.groups
        for rule in _group(world, interface.region, group).egress_rules
    )


def _group(world: World, region: str, group_id: str) -> Any:
    return world.backend("ec2", region).get_security_group_from_id(group_id)


def _admits(rule: Any, port: int) -> bool:
    if str(rule.ip_protocol) == "-1":
        return True
    return str(rule.ip_protocol) in {"tcp", "6"} and int(rule.from_port) <= port <= int(rule.to_port)


def _covers(rule: Any, network: str, groups: Sequence[str]) -> bool:
    if rule.source_group.get("GroupId") in groups or rule.prefix_list_id in groups:
        return True
    if not rule.ip_range.get("CidrIp"):
        return False
    admitted = ipaddress.IPv4Network(rule.ip_range["CidrIp"], strict=False)
    return ipaddress.IPv4Network(network).subnet_of(admitted)
