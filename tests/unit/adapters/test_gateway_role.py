"""The role api_gateway as molecule's inventory has it, from an empty account to one where nothing is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.controls import report
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from tests.unit.adapters.converging import REGION, Converge, Run
from tests.unit.adapters.test_apigatewayv2 import certificate
from tools.exceptions import accepted, exceptions
from tools.files import ROOT
from tools.policy_lint import faults_of_policy

Client = Callable[[str], Any]
ZONE = "test.example.com"


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud, which refuses what AWS refuses."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


REST: dict[str, Any] = {
    "api_gateway_type": "rest",
    "api_gateway_plans": {"basic": {"rate_limit": 5, "burst_limit": 10, "quota": 1000}},
    "api_gateway_clients": {"acme": {"plan": "basic"}},
    "api_gateway_key_recovery_days": 0,
}


def evaluated(more: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the role declares with other variables."""
    program = [sys.executable, "tests/unit/adapters/evaluate_role.py", "../molecule/inventory", "api_gateway"]
    program.append(json.dumps(more))
    told = subprocess.run(
        program, cwd=ROOT, capture_output=True, check=True, env={**os.environ, "SLIPWAY_MOLECULE_PLATFORM": "test"}
    )
    found: list[dict[str, Any]] = json.loads(told.stdout)
    return found


@pytest.fixture(scope="module")
def http() -> list[dict[str, Any]]:
    """Return what the role declares for an HTTP API."""
    return evaluated({"api_gateway_type": "http"})


@pytest.fixture(scope="module")
def rest() -> list[dict[str, Any]]:
    """Return what the role declares for a REST API."""
    return evaluated(REST)


def present(declared: list[dict[str, Any]]) -> set[str]:
    """Return what is to be there, by type and name."""
    return {f"{one['type']}.{one['name']}" for one in declared if one.get("state", "present") == "present"}


def changed(run: Run) -> set[str]:
    """Return what changed."""
    return set(run.changed)


def controls() -> dict[str, set[str]]:
    """Return what the report of controls says of the API, by state."""
    cloud = Cloud(REGION)
    rows = report.rows(cloud, Outputs(cloud, "/mol/test").all(), exceptions(), "prod", datetime.now(UTC).date())
    ours = [row for row in rows if row.control.startswith("APIGateway.")]
    return {state: {row.control for row in ours if row.state == state} for state in {row.state for row in ours}}


OF_REST = {"APIGateway.3", "APIGateway.4", "APIGateway.5"}
OF_REST_WITH_REASONS = {"APIGateway.1", "APIGateway.2"}
OF_HTTP = {"APIGateway.8", "APIGateway.9"}


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
    shown = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "role"}
    acl = client("wafv2").create_web_acl(
        Name=f"role-{vpc[-8:]}", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=shown
    )
    values = {
        "network/vpc_id": vpc,
        "network/private_subnet_ids": subnets,
        "network/load_balancer_security_group_id": group,
        "load_balancer/https_listener_arn": listener["ListenerArn"],
        "certificate/certificate_arn": found,
        "keys/logs_key_arn": key,
        "keys/data_key_arn": key,
        "firewall/web_acl_arn": acl["Summary"]["ARN"],
        "load_balancer/load_balancer_arn": balancer,
        "dns/zone_id": dns.create_hosted_zone(Name=ZONE, CallerReference=str(uuid.uuid4()))["HostedZone"]["Id"],
    }
    for name, value in values.items():
        kind, text = ("StringList", ",".join(value)) if isinstance(value, list) else ("String", value)
        client("ssm").put_parameter(Name=f"/slipway/test/{name}", Type=kind, Value=text, Overwrite=True)


def test_the_role_of_the_log_may_no_more_than_it_names(rest: list[dict[str, Any]]) -> None:
    (role,) = [one["properties"] for one in rest if one["type"] == "iam_role"]
    assert role["ManagedPolicyArns"] == []
    found = [fault for one in role["Policies"].values() for fault in faults_of_policy(one)]
    assert [fault for fault in found if not accepted("identity.whole-kind", f"iam_role/logs: {fault}", "prod")] == []


@pytest.mark.usefixtures("published")
def test_an_http_api_lives(converge: Converge, http: list[dict[str, Any]], client: Client) -> None:
    assert changed(converge(http)) == present(http)
    assert not changed(converge(http))
    assert controls() == {report.PASSED: OF_HTTP, report.NOTHING: OF_REST | OF_REST_WITH_REASONS}
    (api,) = [one for one in client("apigatewayv2").get_apis()["Items"] if one["Name"] == "mol-test"]
    routes = client("apigatewayv2").get_routes(ApiId=api["ApiId"])["Items"]
    assert {one["RouteKey"]: one["AuthorizationType"] for one in routes} == {
        "ANY /v1/{proxy+}": "JWT",
        "ANY /v2/{proxy+}": "JWT",
    }
    assert changed(converge(http, absent=True)) == present(http)
    assert not changed(converge(http, absent=True))


@pytest.mark.usefixtures("published")
def test_a_rest_api_lives(converge: Converge, rest: list[dict[str, Any]], client: Client) -> None:
    assert changed(converge(rest, check=True)) == present(rest)
    assert changed(converge(rest)) == present(rest)
    assert not changed(converge(rest))
    assert not changed(converge(rest, check=True))
    assert controls() == {
        report.PASSED: OF_REST,
        report.EXCEPTED: OF_REST_WITH_REASONS,
        report.NOTHING: OF_HTTP,
    }
    gateway = client("apigateway")
    (api,) = [one for one in gateway.get_rest_apis()["items"] if one["name"] == "mol-test"]
    methods = {
        one["path"]: one["resourceMethods"]["ANY"]
        for one in gateway.get_resources(restApiId=api["id"], embed=["methods"])["items"]
        if "resourceMethods" in one
    }
    kinds = {path: method["methodIntegration"]["type"] for path, method in methods.items()}
    assert kinds == {"/v1/{proxy+}": "HTTP", "/v2/{proxy+}": "HTTP_PROXY"}
    assert {(one["authorizationType"], one["apiKeyRequired"]) for one in methods.values()} == {("JWT", True)}
    answers = methods["/v1/{proxy+}"]["methodIntegration"]["integrationResponses"]
    sunset = "method.response.header.sunset"
    assert answers["404"]["responseParameters"][sunset] == "'Sat, 31 Jul 2027 00:00:00 GMT'"
    (stage,) = gateway.get_stages(restApiId=api["id"])["item"]
    assert stage["webAclArn"].endswith(
        client("ssm").get_parameter(Name="/slipway/test/firewall/web_acl_arn")["Parameter"]["Value"]
    )
    assert changed(converge(rest, absent=True)) == present(rest)
    assert not changed(converge(rest, absent=True))


@pytest.mark.usefixtures("published")
def test_the_type_changes_under_the_same_name(
    converge: Converge, http: list[dict[str, Any]], rest: list[dict[str, Any]], client: Client
) -> None:
    converge(http)
    converge(rest)
    assert not [one for one in client("apigatewayv2").get_apis()["Items"] if one["Name"] == "mol-test"]
    assert not changed(converge(rest))
    gone = {"api_gateway_plans": {"basic": {"state": "absent"}}}
    gone["api_gateway_clients"] = {"acme": {"plan": "basic", "state": "absent"}}
    back = evaluated({**gone, "api_gateway_type": "http", "api_gateway_key_recovery_days": 0})
    converge(back)
    assert not [one for one in client("apigateway").get_rest_apis()["items"] if one["name"] == "mol-test"]
    assert not changed(converge(back))
    converge(http, absent=True)
