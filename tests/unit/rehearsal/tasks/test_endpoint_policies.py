"""What the policies of a VPC's endpoints let pass while a task starts; a way to the internet is none around them."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.unit.rehearsal.tasks.conftest import REGION, Cloud

ROOT = Path(__file__).parents[4]


@cache
def policies() -> dict[str, str]:
    """Return the policy of each endpoint that prod declares, by the service's name."""
    command = [sys.executable, "tools/rendered.py", json.dumps([["prod", {}, ["service"], ["network"]]])]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = [one["properties"] for one in json.loads(told)[0]["network"] if one["type"] == "ec2_vpc_endpoint"]
    text = json.dumps([[one["ServiceName"], one["PolicyDocument"]] for one in found])
    for name, value in {"partition": "aws", "account": "123456789012", "region": REGION}.items():
        text = text.replace(f"${{cloud.current.{name}}}", value)
    return {name.removeprefix(f"com.amazonaws.{REGION}."): json.dumps(policy) for name, policy in json.loads(text)}


@pytest.fixture
def put(cloud: Cloud) -> Iterator[Callable[[str, str], None]]:
    """Return what puts an endpoint with a policy in the way of the open subnet."""
    made: list[str] = []

    def put(service: str, policy: str) -> None:
        way: dict[str, Any] = {"SubnetIds": [cloud.open], "SecurityGroupIds": [group], "PrivateDnsEnabled": True}
        if service == "s3":
            tables = cloud.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [cloud.vpc]}])["RouteTables"]
            way = {"RouteTableIds": [one["RouteTableId"] for one in tables]}
        name = f"com.amazonaws.{REGION}.{service}"
        kind = "Gateway" if service == "s3" else "Interface"
        answer = cloud.ec2.create_vpc_endpoint(
            VpcId=cloud.vpc, ServiceName=name, VpcEndpointType=kind, PolicyDocument=policy, **way
        )
        made.append(answer["VpcEndpoint"]["VpcEndpointId"])

    cloud.ec2.modify_vpc_attribute(VpcId=cloud.vpc, EnableDnsHostnames={"Value": True})
    group = cloud.ec2.create_security_group(GroupName=uuid.uuid4().hex, Description="x", VpcId=cloud.vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
    cloud.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    yield put
    cloud.ec2.delete_vpc_endpoints(VpcEndpointIds=made)


def start(cloud: Cloud) -> dict[str, Any]:
    return cloud.run(cloud.register(cloud.container(command=["python", "-c", "print(1)"], portMappings=[])))


def test_a_task_starts_behind_the_policies_that_are_declared(cloud: Cloud, put: Callable[[str, str], None]) -> None:
    for service in ("s3", "ecr.api", "ecr.dkr", "logs"):
        put(service, policies()[service])
    assert start(cloud)["stopCode"] == "EssentialContainerExited"


def test_layers_of_images_are_signed_by_ecr(cloud: Cloud, put: Callable[[str, str], None]) -> None:
    put("s3", policies()["dynamodb"])
    reason = start(cloud)["stoppedReason"]
    assert reason.startswith("CannotPullContainerError: ")
    assert reason.endswith(f"https://prod-{REGION}-starport-layer-bucket.s3.{REGION}.amazonaws.com/: 403 Forbidden")


@pytest.mark.parametrize(
    ("service", "action"),
    [("ecr.api", "ecr:GetAuthorizationToken"), ("ecr.dkr", "ecr:BatchGetImage"), ("logs", "logs:CreateLogStream")],
)
def test_the_role_is_stopped_by_a_policy_for_others(
    cloud: Cloud, put: Callable[[str, str], None], service: str, action: str
) -> None:
    put(service, policies()[service].replace("123456789012", "210987654321"))
    assert f"because no VPC endpoint policy allows the {action} action" in start(cloud)["stoppedReason"]
