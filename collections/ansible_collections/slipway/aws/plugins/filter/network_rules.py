"""Filters of the role network: security group rules and network ACL entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

#: Ports that no ACL entry may open to the world (Security Hub EC2.21): SSH and RDP.
FORBIDDEN = frozenset({22, 3389})
ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})
#: Entries a direction that AWS allows in an ACL without asking for more.
ACL_ENTRIES = 20
FIRST, STEP = 100, 10
TCP = "6"


def network_rules(ports: Sequence[int], peers: Sequence[str], description: str) -> list[dict[str, Any]]:
    """Return one TCP security group rule for each port and peer, in the form that C(ec2_security_group_rules) takes.

    Args:
        ports: port numbers.
        peers: IPv4 and IPv6 ranges, prefix lists (``pl-...``), and ids of security groups or references to them.
        description: of every rule.
    """
    return [
        {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, _peer(peer): peer, "Description": description}
        for port in ports
        for peer in peers
    ]


def _peer(peer: str) -> str:
    if peer.startswith("pl-"):
        return "PrefixListId"
    if peer.startswith(("sg-", "${")):
        return "ReferencedGroupId"
    return "CidrIpv6" if ":" in peer else "CidrIpv4"


def network_acl_entries(rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return numbered entries of a network ACL that allow what ``rules`` say.

    Args:
        rules: each with ``egress`` (bool), ``cidrs``, and ``ports``: numbers, or ``first-last`` as text. TCP only.

    Raises:
        AnsibleFilterError: a rule opens SSH or RDP to the world, or there are more entries than AWS takes.
    """
    flat = [
        (bool(rule["egress"]), cidr, *_span(port)) for rule in rules for cidr in rule["cidrs"] for port in rule["ports"]
    ]
    for egress, cidr, first, last in flat:
        opened = sorted(port for port in FORBIDDEN if first <= port <= last)
        if opened and not egress and cidr in ANYWHERE:
            raise AnsibleFilterError(f"network_acl_entries: {first}-{last} from {cidr} opens {opened}; leave them out")
    places: Counter[bool] = Counter()
    entries = []
    for egress, cidr, first, last in flat:
        entries.append(_entry(FIRST + STEP * places[egress], cidr, (first, last), egress=egress))
        places[egress] += 1
    if max(places.values(), default=0) > ACL_ENTRIES:
        raise AnsibleFilterError(
            f"network_acl_entries: {max(places.values())} entries in one direction, AWS allows {ACL_ENTRIES}; shorten"
            " network_public_cidrs or network_test_cidrs, e.g. by joining ranges"
        )
    return entries


def _span(port: int | str) -> tuple[int, int]:
    first, _, last = str(port).partition("-")
    return int(first), int(last or first)


def _entry(number: int, cidr: str, span: tuple[int, int], *, egress: bool) -> dict[str, Any]:
    return {
        "RuleNumber": number,
        "Protocol": TCP,
        "RuleAction": "allow",
        "Egress": egress,
        "Ipv6CidrBlock" if ":" in cidr else "CidrBlock": cidr,
        "PortRange": {"From": span[0], "To": span[1]},
    }


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"network_acl_entries": network_acl_entries, "network_rules": network_rules}
