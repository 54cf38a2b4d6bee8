from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.adapters.converging import Converge, Run
from tests.unit.adapters.ec2_parts import VPC, subnet

RESOURCES = [VPC, subnet("a", 1), subnet("b", 2)]


def test_lives(converge: Converge) -> None:
    converge.lives(RESOURCES)


def test_mends_public_addresses(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        one = run.state("ec2_subnet.b")["SubnetId"]
        client("ec2").modify_subnet_attribute(SubnetId=one, MapPublicIpOnLaunch={"Value": True})

    converge.mends(RESOURCES, drift, {"ec2_subnet.b": {"MapPublicIpOnLaunch"}})


def test_makes_what_was_deleted_by_hand(converge: Converge, client: Callable[[str], Any]) -> None:
    run = converge(RESOURCES)
    client("ec2").delete_subnet(SubnetId=run.state("ec2_subnet.a")["SubnetId"])
    assert converge(RESOURCES).actions["ec2_subnet.a"] == "created"


def test_lists_once(converge: Converge) -> None:
    converge(RESOURCES)
    assert converge(RESOURCES).calls["ec2.describe_subnets"] == 1
