"""Whether a control of the network holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ._described import WORLD, Description, Holds

#: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19; -1 stands for all.
RISKY = {-1, 20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601}
RISKY |= {8080, 8088, 8888, 9200, 9300}
#: Types of interfaces that are asked for source and destination; those of NAT gateways pass on what is others'.
#: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-180
CHECKED = {"aws_codestar_connections_managed", "branch", "efa", "interface", "lambda", "quicksight"}


def world_ports(group: Description) -> set[int]:
    """Return the ports that a security group opens to the world; -1 stands for all."""
    return {
        int(port)
        for rule in group["IpPermissions"]
        if WORLD & {*_blocks(rule["IpRanges"], "CidrIp"), *_blocks(rule.get("Ipv6Ranges", []), "CidrIpv6")}
        for port in range(rule.get("FromPort", -1), rule.get("ToPort", -1) + 1)
    }


def _blocks(ranges: Iterable[Mapping[str, str]], name: str) -> set[str]:
    return {one[name] for one in ranges}


def acl_lets_in(acl: Description, port: int) -> bool:
    """Say whether a network ACL lets anybody to a port: the first rule that matches decides."""
    for entry in sorted(acl["Entries"], key=lambda one: int(one["RuleNumber"])):
        ports = entry.get("PortRange") or {"From": 0, "To": 65535}
        from_anywhere = entry.get("CidrBlock") in WORLD or entry.get("Ipv6CidrBlock") in WORLD
        if not entry["Egress"] and from_anywhere and ports["From"] <= port <= ports["To"]:
            return bool(entry["RuleAction"] == "allow")
    return False


def _has(name: str) -> Callable[[Description], bool]:
    return lambda found: name in found["services"]


NETWORK: Mapping[str, Holds] = {
    "EC2.2": lambda one: not one["IpPermissions"] and not one["IpPermissionsEgress"],
    "EC2.6": lambda one: any(log["FlowLogStatus"] == "ACTIVE" for log in one["FlowLogs"]),
    "EC2.10": _has("ec2"),
    "EC2.13": lambda one: not {22, -1} & world_ports(one),
    "EC2.14": lambda one: not {3389, -1} & world_ports(one),
    "EC2.15": lambda one: not one["MapPublicIpOnLaunch"],
    "EC2.16": lambda one: one["IsDefault"] or bool(one["Associations"]),
    "EC2.18": lambda one: world_ports(one) <= {80, 443},
    "EC2.19": lambda one: not RISKY & world_ports(one),
    "EC2.21": lambda one: not acl_lets_in(one, 22) and not acl_lets_in(one, 3389),
    "EC2.55": _has("ecr.api"),
    "EC2.56": _has("ecr.dkr"),
    "EC2.57": _has("ssm"),
    "EC2.58": _has("ssm-contacts"),
    "EC2.60": _has("ssm-incidents"),
    "EC2.180": lambda one: one["InterfaceType"] not in CHECKED or bool(one["SourceDestCheck"]),
}
