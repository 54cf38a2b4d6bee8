from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adapters.ec2_vpc_endpoint import Ec2VpcEndpoint
from ansible_collections.slipway.aws.plugins.plugin_utils.compare import Change
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError, parse
from tests.unit.adapters.converging import Converge, Run
from tests.unit.adapters.ec2_parts import VPC, VPC_ID, entry, group, subnet

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
OTHER_POLICY = {**POLICY, "Statement": []}
LOGS = entry(
    "ec2_vpc_endpoint",
    "logs",
    VpcId=VPC_ID,
    ServiceName="com.amazonaws.us-east-1.logs",
    VpcEndpointType="Interface",
    PolicyDocument=POLICY,
    PrivateDnsEnabled=True,
    SubnetIds=["${ec2_subnet.a.SubnetId}", "${ec2_subnet.b.SubnetId}"],
    SecurityGroupIds=["${ec2_security_group.endpoints.GroupId}"],
)
RESOURCES = [VPC, subnet("a", 1), subnet("b", 2), group("endpoints"), LOGS]
KEY = "ec2_vpc_endpoint.logs"


def test_lives(converge: Converge) -> None:
    converge.lives(RESOURCES)


DRIFTS: list[tuple[str, Callable[[Run], dict[str, Any]]]] = [
    ("PolicyDocument", lambda _: {"PolicyDocument": json.dumps(OTHER_POLICY)}),
    ("SubnetIds", lambda run: {"RemoveSubnetIds": [run.state("ec2_subnet.a")["SubnetId"]]}),
]


@pytest.mark.parametrize(("changed", "parameters"), DRIFTS)
def test_mends(
    converge: Converge,
    client: Callable[[str], Any],
    changed: str,
    parameters: Callable[[Run], dict[str, Any]],
) -> None:
    def drift(run: Run) -> None:
        client("ec2").modify_vpc_endpoint(VpcEndpointId=run.state(KEY)["VpcEndpointId"], **parameters(run))

    converge.mends(RESOURCES, drift, {KEY: {changed}})


def test_mends_everything_in_one_call() -> None:
    cloud = Mock()
    changes = {
        "PrivateDnsEnabled": Change(before=False, after=True),
        "SecurityGroupIds": Change(["sg-1", "sg-2"], ["sg-2", "sg-3"]),
    }
    Ec2VpcEndpoint(cloud).update(
        parse(LOGS, {}), {"VpcEndpointId": "vpce-1", "SecurityGroupIds": ["sg-1", "sg-2"]}, changes
    )
    cloud.write.assert_called_once_with(
        "ec2",
        "modify_vpc_endpoint",
        VpcEndpointId="vpce-1",
        PrivateDnsEnabled=True,
        AddSecurityGroupIds=["sg-3"],
        RemoveSecurityGroupIds=["sg-1"],
    )


@pytest.mark.parametrize(
    ("state", "alive"),
    [("Pending", True), ("available", True), ("Deleting", False), ("deleted", False), ("failed", False)],
)
def test_knows_what_is_alive_in_either_case(state: str, *, alive: bool) -> None:
    assert Ec2VpcEndpoint(Mock()).alive({"VpcEndpointId": "vpce-1", "State": state}) is alive


def test_tells_why_it_failed() -> None:
    failed = {"VpcEndpointId": "vpce-1", "State": "Failed", "LastError": {"Message": "no address left"}}
    with pytest.raises(ConvergeError, match="vpce-1 failed: no address left"):
        Ec2VpcEndpoint(Mock()).ready(failed)
