from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.adapters.converging import Converge, Run
from tests.unit.adapters.ec2_parts import VPC, VPC_ID, entry

RESOURCES = [VPC, entry("ec2_internet_gateway", "main", VpcId=VPC_ID)]
KEY = "ec2_internet_gateway.main"


def test_lives(converge: Converge) -> None:
    converge.lives(RESOURCES)


def test_attaches_again(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        gateway = run.state(KEY)
        client("ec2").detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=gateway["VpcId"])

    converge.mends(RESOURCES, drift, {KEY: {"VpcId"}})


def test_attaches_to_the_declared_vpc(converge: Converge, client: Callable[[str], Any]) -> None:
    other = client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]

    def drift(run: Run) -> None:
        gateway = run.state(KEY)
        client("ec2").detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=gateway["VpcId"])
        client("ec2").attach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=other)

    converge.mends(RESOURCES, drift, {KEY: {"VpcId"}})
