"""A fleet is read with the fewest calls that AWS offers, and nothing is read twice in a task."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge, Run

SERVICES = 30
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
MANAGED = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def role(name: str) -> dict[str, Any]:
    return {
        "RoleName": name,
        "Description": name,
        "AssumeRolePolicyDocument": TRUST,
        "Policies": {"own": POLICY},
        "ManagedPolicyArns": [MANAGED],
        "PermissionsBoundary": MANAGED,
    }


def alarm(name: str) -> dict[str, Any]:
    metric = {"Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Statistic": "Average", "Period": 60}
    rule = {"EvaluationPeriods": 1, "Threshold": 80.0, "ComparisonOperator": "GreaterThanThreshold"}
    return {"AlarmName": name, **metric, **rule}


def target_group(name: str) -> dict[str, Any]:
    return {"Name": name, "Protocol": "HTTP", "Port": 80, "VpcId": "vpc-1", "TargetType": "ip"}


def parameter(name: str) -> dict[str, Any]:
    return {"Name": f"/slipway/test/{name}", "Type": "String", "Value": name}


TYPES: dict[str, tuple[Callable[[str], dict[str, Any]], dict[str, int]]] = {
    "ssm_parameter": (parameter, {"ssm.get_parameters": 3, "resourcegroupstaggingapi.get_resources": 1}),
    "logs_log_group": (
        lambda name: {"logGroupName": name, "retentionInDays": 7},
        {"logs.describe_log_groups": 1, "resourcegroupstaggingapi.get_resources": 1},
    ),
    "cloudwatch_alarm": (
        alarm,
        {"cloudwatch.describe_alarms": 1, "resourcegroupstaggingapi.get_resources": 1},
    ),
    "iam_role": (role, {"iam.list_roles": 1, "iam.get_account_authorization_details": 1}),
    "elbv2_target_group": (target_group, {"elbv2.describe_target_groups": 1, "elbv2.describe_tags": 2}),
    "ecr_repository": (
        lambda name: {"repositoryName": name},
        {"ecr.describe_repositories": 1, "resourcegroupstaggingapi.get_resources": 1},
    ),
}


def fleet(kind: str) -> list[dict[str, Any]]:
    make, _ = TYPES[kind]
    names = [f"bulk-{number:02d}" for number in range(SERVICES)]
    return [{"type": kind, "name": name, "properties": make(name)} for name in names]


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in the local cloud: moto has no repositories in its tagging API, and no managed policies."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("kind", TYPES)
def test_a_second_run_reads_in_bulk_what_it_would_read_one_by_one(
    converge: Converge, client: Callable[[str], Any], kind: str
) -> None:
    resources = fleet(kind)
    if kind == "elbv2_target_group":
        vpc = client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        resources = [{**item, "properties": {**item["properties"], "VpcId": vpc}} for item in resources]
    converge(resources)
    again = converge(resources)
    assert again.changed == {}
    assert again.calls == Counter(TYPES[kind][1])
    key = f"{kind}.{resources[0]['name']}"
    alone = converge(resources[:1]).state(key)
    told = again.state(key)
    assert {name: alone[name] for name in [*resources[0]["properties"], "Tags"]} == {
        name: told[name] for name in [*resources[0]["properties"], "Tags"]
    }


def test_a_foreign_tag_is_found_among_many(converge: Converge, client: Callable[[str], Any]) -> None:
    resources = fleet("ssm_parameter")
    name = resources[3]["properties"]["Name"]

    def drift(_run: Run) -> None:
        tags = [{"Key": "foreign", "Value": "x"}]
        client("ssm").add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=tags)

    converge.mends(resources, drift, {f"ssm_parameter.{resources[3]['name']}": {"Tags"}})


def test_a_changed_role_is_found_among_many(converge: Converge, client: Callable[[str], Any]) -> None:
    iam, resources = client("iam"), fleet("iam_role")
    names = [item["name"] for item in resources]

    def drift(_run: Run) -> None:
        iam.update_role(RoleName=names[0], Description="other")
        iam.detach_role_policy(RoleName=names[1], PolicyArn=MANAGED)
        iam.put_role_policy(RoleName=names[2], PolicyName="more", PolicyDocument=json.dumps(POLICY))
        iam.untag_role(RoleName=names[3], TagKeys=["project"])
        iam.delete_role_permissions_boundary(RoleName=names[4])

    changed = ["Description", "ManagedPolicyArns", "Policies", "Tags", "PermissionsBoundary"]
    expected = {f"iam_role.{name}": {what} for name, what in zip(names, changed, strict=False)}
    converge.mends(resources, drift, expected)
