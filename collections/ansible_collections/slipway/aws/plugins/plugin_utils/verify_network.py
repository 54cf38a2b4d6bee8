"""May only those talk to each other who should? Read from the security groups' rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from .checks import Check, check
from .cloud import Cloud
from .reachability import reachability

SUITE = "network"
WORLD = frozenset({"0.0.0.0/0", "::/0"})
ENDING = "_security_group_id"


def network_checks(cloud: Cloud, outputs: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[Check]:
    """Check who may connect to whom.

    Args:
        cloud: the account and region.
        outputs: what components published, by ``component/name``.
        expected: ``sources``, the groups and CIDR blocks that may connect to each group, ``public_ports``, those
            that the whole world may connect to, and ``paths``, all that may be open.
    """
    groups = _groups(outputs)
    rules = _rules(cloud, list(groups.values()))
    matrix, public = _matrix(rules, groups)
    for name in groups:
        wanted, found = sorted(expected["sources"].get(name, [])), sorted(matrix[name])
        told = ", ".join(wanted) or "nobody"
        yield check(SUITE, f"{told} may connect to {name}, and nobody else", holds=wanted == found, found=found)
    ports = sorted(expected["public_ports"])
    yield check(SUITE, f"the world may connect to ports {ports} only", holds=set(public) <= set(ports), found=public)
    yield from _paths(rules, groups, _blocks(cloud, outputs["network/vpc_id"]), expected["paths"])
    yield _default_group(cloud, outputs["network/vpc_id"])


def _paths(
    rules: list[dict[str, Any]], groups: Mapping[str, str], blocks: list[str], expected: list[str]
) -> Iterator[Check]:
    found = set(reachability(rules, {identifier: name for name, identifier in groups.items()}, blocks))
    more, less = sorted(found - set(expected)), sorted(set(expected) - found)
    yield check(SUITE, "no path is open that verify_paths does not have", holds=not more, found=more)
    yield check(SUITE, "every path of verify_paths is open", holds=not less, found=f"closed: {less}")


def _blocks(cloud: Cloud, vpc: str) -> list[str]:
    (found,) = cloud.pages("ec2", "describe_vpcs", "Vpcs", VpcIds=[vpc])
    return [one["CidrBlock"] for one in found["CidrBlockAssociationSet"]]


def _groups(outputs: Mapping[str, Any]) -> dict[str, str]:
    prefix = "network/"
    names = [name for name in outputs if name.startswith(prefix) and name.endswith(ENDING)]
    return {name.removeprefix(prefix).removesuffix(ENDING): outputs[name] for name in names}


def _rules(cloud: Cloud, ids: list[str]) -> list[dict[str, Any]]:
    filters = [{"Name": "group-id", "Values": ids}]
    return cloud.pages("ec2", "describe_security_group_rules", "SecurityGroupRules", Filters=filters)


def _matrix(rules: list[dict[str, Any]], groups: Mapping[str, str]) -> tuple[dict[str, set[str]], list[int]]:
    """Return the sources that may connect to each group, and the ports open to the world."""
    names = {identifier: name for name, identifier in groups.items()}
    matrix: dict[str, set[str]] = defaultdict(set)
    public: set[int] = set()
    for rule in rules:
        if rule["IsEgress"]:
            continue
        source = _source(rule, names)
        matrix[names[rule["GroupId"]]].add(source)
        if source in WORLD:
            public |= {rule.get("FromPort", -1), rule.get("ToPort", -1)}
    return matrix, sorted(public)


def _source(rule: dict[str, Any], names: Mapping[str, str]) -> str:
    other = (rule.get("ReferencedGroupInfo") or {}).get("GroupId")
    if other:
        return names.get(other, str(other))
    return str(rule.get("CidrIpv4") or rule.get("CidrIpv6") or rule.get("PrefixListId") or "everybody")


def _default_group(cloud: Cloud, vpc: str) -> Check:
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    groups = cloud.pages("ec2", "describe_security_groups", "SecurityGroups", Filters=filters)
    rules = [rule for group in groups for rule in group["IpPermissions"] + group["IpPermissionsEgress"]]
    return check(SUITE, "the VPC's default security group has no rules", holds=not rules, found=f"{len(rules)} rules")
