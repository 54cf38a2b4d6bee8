"""Who can reach whom over which port, from the rules of security groups alone."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

Rule = Mapping[str, object]
LAST_PORT = 65535
ANYTHING = "-1"


@dataclass(frozen=True)
class Side:
    """What one rule opens.

    Attributes:
        group: whose rule it is.
        peer: the other side, a group's name or a CIDR block.
        protocol: ``tcp``, ``udp`` ..., ``-1`` for all.
        first: lowest port.
        last: highest port.
    """

    group: str
    peer: str
    protocol: str
    first: int
    last: int


def reachability(rules: Iterable[Rule], names: Mapping[str, str], inside: Iterable[str] = ()) -> list[str]:
    """Return every path that is open, sorted, e.g. ``services -> database:5432``.

    Between two groups a path is open when the one's outgoing and the other's incoming rules allow it. A CIDR block has
    no rules of its own: it may do what the group lets in, and be reached by what the group lets out.

    Args:
        rules: as DescribeSecurityGroupRules shows them.
        names: of the groups, by id; a group that is not among them goes by its id.
        inside: CIDR blocks of the network, in which every group has its addresses.
    """
    listed = list(rules)
    coming = [_side(rule, names) for rule in listed if not rule.get("IsEgress")]
    going = [_side(rule, names) for rule in listed if rule.get("IsEgress")]
    groups, blocks = set(names.values()), list(inside)
    found: set[str] = set()
    for one in coming:
        ways = [one] if one.peer not in groups else _allowed(one, going, blocks)
        found.update(f"{one.peer} -> {one.group}:{_ports(way)}" for way in ways)
    found.update(f"{one.group} -> {one.peer}:{_ports(one)}" for one in going if one.peer not in groups)
    return sorted(found)


def _side(rule: Rule, names: Mapping[str, str]) -> Side:
    other = rule.get("ReferencedGroupInfo") or {}
    group = str(other.get("GroupId", "")) if isinstance(other, Mapping) else ""
    block = rule.get("CidrIpv4") or rule.get("CidrIpv6") or rule.get("PrefixListId") or "everybody"
    protocol = str(rule.get("IpProtocol", ANYTHING))
    first, last = rule.get("FromPort"), rule.get("ToPort")
    whole = protocol == ANYTHING or first in (None, -1)
    peer = names.get(group, group) if group else str(block)
    own = str(rule["GroupId"])
    ports = (0, LAST_PORT) if whole else (int(str(first)), int(str(last)))
    return Side(names.get(own, own), peer, protocol, *ports)


def _allowed(coming: Side, going: Iterable[Side], inside: list[str]) -> Iterator[Side]:
    """Yield what of an incoming rule the other group's outgoing rules let through."""
    for one in going:
        if one.group != coming.peer or not (one.peer == coming.group or _holds(one.peer, inside)):
            continue
        if ANYTHING not in (one.protocol, coming.protocol) and one.protocol != coming.protocol:
            continue
        first, last = max(one.first, coming.first), min(one.last, coming.last)
        if first <= last:
            protocol = coming.protocol if one.protocol == ANYTHING else one.protocol
            yield Side(coming.group, coming.peer, protocol, first, last)


def _holds(peer: str, inside: list[str]) -> bool:
    """Say whether a CIDR block has addresses of the network in it."""
    try:
        block = ipaddress.ip_network(peer)
    except ValueError:
        return False
    return any(block.overlaps(own) for own in map(ipaddress.ip_network, inside) if own.version == block.version)


def _ports(side: Side) -> str:
    ports = "all" if (side.first, side.last) == (0, LAST_PORT) else str(side.first)
    ports = ports if ports == "all" or side.first == side.last else f"{side.first}-{side.last}"
    return ports if side.protocol in {"tcp", ANYTHING} else f"{ports}/{side.protocol}"
