from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from tests.unit.adapters.converging import TAGS, Converge, Run
from tests.unit.adapters.ec2_parts import VPC


def test_lives(converge: Converge) -> None:
    converge.lives([VPC])


@pytest.mark.parametrize("attribute", ["EnableDnsSupport", "EnableDnsHostnames"])
def test_mends_attributes(converge: Converge, client: Callable[[str], Any], attribute: str) -> None:
    def drift(run: Run) -> None:
        vpc = run.state("ec2_vpc.main")["VpcId"]
        client("ec2").modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": False}})

    converge.mends([VPC], drift, {"ec2_vpc.main": {attribute}})


def test_mends_tags(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        vpc = run.state("ec2_vpc.main")["VpcId"]
        client("ec2").create_tags(Resources=[vpc], Tags=[{"Key": "foreign", "Value": "x"}])

    converge.mends([VPC], drift, {"ec2_vpc.main": {"Tags"}})


def test_refuses_another_range(converge: Converge) -> None:
    converge([VPC])
    wider = {**VPC, "properties": {**VPC["properties"], "CidrBlock": "10.0.0.0/8"}}
    run = converge([wider], check=True, fails=True)
    assert "CidrBlock is '10.0.0.0/16' and AWS cannot change it to '10.0.0.0/8'" in run.failures[0]


def test_refuses_two_of_the_same_tags(converge: Converge, client: Callable[[str], Any]) -> None:
    tags = [{"Key": key, "Value": value} for key, value in {**TAGS, **VPC["tags"]}.items()]
    for _ in range(2):
        client("ec2").create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])
    assert "carry the same tags; remove one of them" in converge([VPC], fails=True).failures[0]


def test_refuses_an_unknown_property_before_any_call(converge: Converge) -> None:
    wrong = {**VPC, "properties": {"CidrBlok": "10.0.0.0/16"}}
    with pytest.raises(ConvergeError, match="did you mean CidrBlock"):
        converge([wrong])
