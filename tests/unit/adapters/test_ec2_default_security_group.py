from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.adapters.converging import Converge, Run
from tests.unit.adapters.ec2_parts import VPC, VPC_ID, entry

RESOURCES = [VPC, entry("ec2_default_security_group", "default", VpcId=VPC_ID, Ingress=[], Egress=[])]
KEY = "ec2_default_security_group.default"


def permissions(client: Any, run: Run) -> tuple[list[Any], list[Any]]:
    listed = client("ec2").describe_security_groups(GroupIds=[run.state(KEY)["GroupId"]])["SecurityGroups"][0]
    return listed["IpPermissions"], listed["IpPermissionsEgress"]


def test_is_planned_emptied_and_goes_with_its_vpc(converge: Converge, client: Callable[[str], Any]) -> None:
    assert set(converge(RESOURCES, check=True).changed) == {"ec2_vpc.main", KEY}
    assert permissions(client, converge(RESOURCES)) == ([], [])
    assert converge(RESOURCES).changed == {}
    converge(RESOURCES, absent=True)
    assert converge(RESOURCES, absent=True).changed == {}


def test_empties_it_again(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        permission = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        client("ec2").authorize_security_group_egress(GroupId=run.state(KEY)["GroupId"], IpPermissions=[permission])

    converge.mends(RESOURCES, drift, {KEY: {"Egress"}})


def test_mends_tags(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        client("ec2").delete_tags(Resources=[run.state(KEY)["GroupId"]], Tags=[{"Key": "project"}])

    converge.mends(RESOURCES, drift, {KEY: {"Tags"}})
