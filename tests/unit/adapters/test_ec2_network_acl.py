from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.adapters.converging import Converge, Run
from tests.unit.adapters.ec2_parts import VPC, VPC_ID, entry, subnet

ENTRIES: list[dict[str, Any]] = [
    {
        "RuleNumber": 100,
        "Protocol": "6",
        "RuleAction": "allow",
        "Egress": False,
        "CidrBlock": "0.0.0.0/0",
        "PortRange": {"From": 443, "To": 443},
    },
    {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "Egress": True, "CidrBlock": "0.0.0.0/0"},
]
ACL = entry("ec2_network_acl", "public", VpcId=VPC_ID, Entries=ENTRIES, SubnetIds=["${ec2_subnet.a.SubnetId}"])
DEFAULT = entry("ec2_default_network_acl", "default", VpcId=VPC_ID, Entries=[])
RESOURCES = [VPC, subnet("a", 1), subnet("b", 2), ACL, DEFAULT]
KEY, DEFAULT_KEY = "ec2_network_acl.public", "ec2_default_network_acl.default"


def acl(run: Run, key: str = KEY) -> str:
    return str(run.state(key)["NetworkAclId"])


def test_lives(converge: Converge) -> None:
    converge.lives([VPC, subnet("a", 1), subnet("b", 2), ACL])


def test_adds_changes_and_removes_entries(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        ec2 = client("ec2")
        wide = {**ENTRIES[0], "PortRange": {"From": 0, "To": 65535}}
        ec2.replace_network_acl_entry(NetworkAclId=acl(run), **wide)
        ec2.create_network_acl_entry(NetworkAclId=acl(run), **{**ENTRIES[0], "RuleNumber": 90})
        ec2.delete_network_acl_entry(NetworkAclId=acl(run), Egress=True, RuleNumber=100)

    converge.mends(RESOURCES, drift, {KEY: {"Entries"}})


def test_takes_a_subnet_back(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        association = run.state(KEY)["Associations"][run.state("ec2_subnet.a")["SubnetId"]]
        client("ec2").replace_network_acl_association(AssociationId=association, NetworkAclId=acl(run, DEFAULT_KEY))

    converge.mends(RESOURCES, drift, {KEY: {"SubnetIds"}})


def test_gives_a_foreign_subnet_back(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        association = run.state(DEFAULT_KEY)["Associations"][run.state("ec2_subnet.b")["SubnetId"]]
        client("ec2").replace_network_acl_association(AssociationId=association, NetworkAclId=acl(run))

    converge.mends(RESOURCES, drift, {KEY: {"SubnetIds"}})


def test_empties_the_default_one(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        client("ec2").create_network_acl_entry(NetworkAclId=acl(run, DEFAULT_KEY), **ENTRIES[1])

    converge.mends(RESOURCES, drift, {DEFAULT_KEY: {"Entries"}})


def test_the_default_one_goes_with_its_vpc(converge: Converge) -> None:
    assert DEFAULT_KEY in converge(RESOURCES, check=True).changed
    converge(RESOURCES)
    converge(RESOURCES, absent=True)
    assert converge(RESOURCES, absent=True).changed == {}
