"""What security groups let through, between clients, load balancers and targets."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Iterator
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _covers(rule: Any, port: int) -> bool:
    if rule.ip_protocol == "-1":
        return True
    return rule.ip_protocol == "tcp" and int(rule.from_port) <= port <= int(rule.to_port)


def _network(rule: Any) -> Network | None:
    text = rule.ip_range.get("CidrIp") or rule.ip_range.get("CidrIpv6")
    return ipaddress.ip_network(text) if text else None


class Reach:
    """Reads the groups and interfaces of one region, as they are now.

    Args:
        ec2: moto's backend.
        cut_off: ids of subnets that nothing enters or leaves.
    """

    def __init__(self, ec2: Any, cut_off: Collection[str] = ()) -> None:
        self._cut_off = cut_off
        self._groups = {name: group for groups in list(ec2.groups.values()) for name, group in list(groups.items())}
        self._interfaces = {(eni.subnet.vpc_id, eni.private_ip_address): eni for eni in list(ec2.enis.values())}

    def interface(self, vpc_id: str, address: str) -> Any:
        """Return the network interface that has an address in a VPC, or ``None``."""
        return self._interfaces.get((vpc_id, address))

    def _rules(self, groups: Iterable[str], port: int, *, egress: bool) -> Iterator[Any]:
        for name in groups:
            group = self._groups.get(name)
            if group is not None:
                rules = group.egress_rules if egress else group.ingress_rules
                yield from (rule for rule in list(rules) if _covers(rule, port))

    def target(self, balancer: Any, vpc_id: str, address: str, port: int) -> bool:
        """Say whether a load balancer reaches a port of an address of the VPC."""
        interface = self.interface(vpc_id, address)
        if interface is None or interface.subnet.id in self._cut_off:
            return False
        theirs = {group.id for group in interface.group_set}
        return self._leaves(balancer, address, theirs, port) and self._enters(balancer, theirs, port)

    def between(self, client: Any, server: Any, port: int) -> bool:
        """Say whether what has security groups and subnets reaches a port of something else that has both."""
        theirs, address = set(server.security_groups or ()), str(ipaddress.ip_network(server.subnets[0].cidr_block)[4])
        return self._leaves(client, address, theirs, port) and self._enters(client, theirs, port)

    def _leaves(self, balancer: Any, address: str, theirs: set[str], port: int) -> bool:
        for rule in self._rules(balancer.security_groups or (), port, egress=True):
            network = _network(rule)
            if (network and ipaddress.ip_address(address) in network) or rule.source_group.get("GroupId") in theirs:
                return True
        return False

    def _enters(self, balancer: Any, theirs: set[str], port: int) -> bool:
        own = set(balancer.security_groups or ())
        subnets = [ipaddress.ip_network(subnet.cidr_block) for subnet in balancer.subnets]
        for rule in self._rules(theirs, port, egress=False):
            network = _network(rule)
            inside = network is not None and all(
                subnet.version == network.version and subnet.subnet_of(network)  # type: ignore[arg-type]  # same version
                for subnet in subnets
            )
            if inside or rule.source_group.get("GroupId") in own:
                return True
        return False

    def clients(self, balancer: Any, port: int) -> list[str]:
        """Return the networks from which clients get in to a port of a load balancer."""
        networks: list[str] = []
        for rule in self._rules(balancer.security_groups or (), port, egress=False):
            network = _network(rule)
            networks += [str(network)] if network else self._members(rule.source_group.get("GroupId", ""))
        return networks

    def _members(self, group: str) -> list[str]:
        """Return the addresses of the interfaces that have a security group."""
        return [
            address
            for (_, address), interface in self._interfaces.items()
            if group in {one.id for one in interface.group_set}
        ]
