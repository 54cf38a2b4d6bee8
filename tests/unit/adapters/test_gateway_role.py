"""The role api_gateway as molecule's inventory has it, from an empty account to one where nothing is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge
from tests.unit.adapters.test_apigatewayv2 import certificate
from tools.files import ROOT

Client = Callable[[str], Any]
ZONE = "test.example.com"


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud, which refuses what AWS refuses."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def declared() -> list[dict[str, Any]]:
    """Return what the role declares."""
    program = [sys.executable, "tests/unit/adapters/evaluate_role.py", "../molecule/inventory", "api_gateway"]
    told = subprocess.run(
        program, cwd=ROOT, capture_output=True, check=True, env={**os.environ, "SLIPWAY_MOLECULE_PLATFORM": "test"}
    )
    found: list[dict[str, Any]] = json.loads(told.stdout)
    return found


@pytest.fixture
def published(client: Client) -> None:
    """Publish what other components would."""
    ec2, elb, dns = client("ec2"), client("elbv2"), client("route53")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = [("10.0.0.0/24", "us-east-1a"), ("10.0.1.0/24", "us-east-1b")]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for block, zone in zones
    ]
    group = ec2.create_security_group(VpcId=vpc, GroupName="front", Description="front")["GroupId"]
    made = elb.create_load_balancer(Name=f"front-{vpc[-8:]}", Subnets=subnets, SecurityGroups=[group])
    balancer, found = made["LoadBalancers"][0]["LoadBalancerArn"], certificate(client("acm"), f"api.{ZONE}")
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    secured = {"Protocol": "HTTPS", "Port": 443, "Certificates": [{"CertificateArn": found}]}
    listener = elb.create_listener(LoadBalancerArn=balancer, DefaultActions=[answer], **secured)["Listeners"][0]
    account = client("sts").get_caller_identity()["Account"]
    users = {"AWS": f"arn:aws:iam::{account}:root", "Service": "logs.us-east-1.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": users, "Action": "kms:*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    key = client("kms").create_key(Policy=json.dumps(policy))["KeyMetadata"]["Arn"]
    values = {
        "network/vpc_id": vpc,
        "network/private_subnet_ids": subnets,
        "network/load_balancer_security_group_id": group,
        "load_balancer/https_listener_arn": listener["ListenerArn"],
        "certificate/certificate_arn": found,
        "keys/logs_key_arn": key,
        "dns/zone_id": dns.create_hosted_zone(Name=ZONE, CallerReference=str(uuid.uuid4()))["HostedZone"]["Id"],
    }
    for name, value in values.items():
        kind, text = ("StringList", ",".join(value)) if isinstance(value, list) else ("String", value)
        client("ssm").put_parameter(Name=f"/slipway/test/{name}", Type=kind, Value=text)


@pytest.mark.usefixtures("published")
def test_the_role_lives(converge: Converge, declared: list[dict[str, Any]], client: Client) -> None:
    converge.lives(declared)
    (api,) = [one for one in client("apigatewayv2").get_apis()["Items"] if one["Name"] == "mol-test"]
    routes = client("apigatewayv2").get_routes(ApiId=api["ApiId"])["Items"]
    assert {one["RouteKey"]: one["AuthorizationType"] for one in routes} == {
        "ANY /v1/{proxy+}": "JWT",
        "ANY /v2/{proxy+}": "JWT",
    }
    converge(declared, absent=True)
