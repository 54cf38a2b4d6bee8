from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adapters.elbv2_target_group import Elbv2TargetGroup
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import parse
from tests.unit.adapters.converging import Converge

KEY = "elbv2_target_group.blue"


@pytest.fixture
def vpc(client: Callable[[str], Any]) -> str:
    return str(client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])


def group(vpc: str, name: str = "blue") -> dict[str, Any]:
    return {
        "type": "elbv2_target_group",
        "name": name,
        "properties": {
            "Name": f"slipway-test-{name}",
            "Protocol": "HTTP",
            "Port": 80,
            "VpcId": vpc,
            "TargetType": "ip",
            "HealthCheckPath": "/readyz",
            "HealthCheckIntervalSeconds": 10,
            "HealthCheckTimeoutSeconds": 5,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 3,
            "Matcher": {"HttpCode": "200"},
            "Attributes": {"deregistration_delay.timeout_seconds": 30, "stickiness.enabled": False},
        },
    }


def test_lives(converge: Converge, vpc: str) -> None:
    converge.lives([group(vpc)])


def test_an_answer_without_the_kind_of_addresses_means_those_that_aws_gives_by_default() -> None:
    item = {"TargetGroupArn": "arn:blue", "TargetGroupName": "slipway-test-blue"}
    groups, attributes = {"TargetGroups": [item]}, dict[str, Any](Attributes=[])
    answers = {"describe_target_groups": groups, "describe_target_group_attributes": attributes}
    cloud = Mock(read=lambda _, operation, **__: answers.get(operation, {"TagDescriptions": []}))
    found = Elbv2TargetGroup(cloud).find([parse(group("vpc-0a"), {})])
    assert found["blue"]["IpAddressType"] == "ipv4"


DRIFTS: list[tuple[str, str, dict[str, Any]]] = [
    ("HealthCheckPath", "modify_target_group", {"HealthCheckPath": "/"}),
    ("HealthCheckIntervalSeconds", "modify_target_group", {"HealthCheckIntervalSeconds": 30}),
    ("HealthCheckTimeoutSeconds", "modify_target_group", {"HealthCheckTimeoutSeconds": 6}),
    ("HealthyThresholdCount", "modify_target_group", {"HealthyThresholdCount": 5}),
    ("UnhealthyThresholdCount", "modify_target_group", {"UnhealthyThresholdCount": 5}),
    ("Matcher", "modify_target_group", {"Matcher": {"HttpCode": "200-499"}}),
    (
        "Attributes",
        "modify_target_group_attributes",
        {"Attributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "300"}]},
    ),
    (
        "Attributes",
        "modify_target_group_attributes",
        {
            "Attributes": [
                {"Key": "stickiness.enabled", "Value": "true"},
                {"Key": "stickiness.type", "Value": "lb_cookie"},
            ]
        },
    ),
]


@pytest.mark.parametrize(("changed", "operation", "parameters"), DRIFTS)
def test_mends(
    converge: Converge,
    client: Callable[[str], Any],
    vpc: str,
    changed: str,
    operation: str,
    parameters: dict[str, Any],
) -> None:
    def drift(run: Any) -> None:
        getattr(client("elbv2"), operation)(TargetGroupArn=run.state(KEY)["TargetGroupArn"], **parameters)

    converge.mends([group(vpc)], drift, {KEY: {changed}})


def test_mends_tags(converge: Converge, client: Callable[[str], Any], vpc: str) -> None:
    def drift(run: Any) -> None:
        arn = run.state(KEY)["TargetGroupArn"]
        client("elbv2").add_tags(ResourceArns=[arn], Tags=[{"Key": "foreign", "Value": "x"}])
        client("elbv2").remove_tags(ResourceArns=[arn], TagKeys=["project"])

    converge.mends([group(vpc)], drift, {KEY: {"Tags"}})


def test_refuses_another_port(converge: Converge, vpc: str) -> None:
    entry = group(vpc)
    converge([entry])
    other = {**entry, "properties": {**entry["properties"], "Port": 81}}
    assert "AWS cannot change it" in converge([other], fails=True).failures[0]


@pytest.fixture
def used(converge: Converge, client: Callable[[str], Any], vpc: str) -> Iterator[str]:
    """A group that a listener forwards to; its end frees the group."""
    run = converge([group(vpc)])
    arn = run.state(KEY)["TargetGroupArn"]
    subnets = [
        client("ec2").create_subnet(VpcId=vpc, CidrBlock=f"10.0.{zone}.0/24", AvailabilityZone=f"us-east-1{letter}")
        for zone, letter in enumerate("ab")
    ]
    ids = [subnet["Subnet"]["SubnetId"] for subnet in subnets]
    balancer = client("elbv2").create_load_balancer(Name="lb", Subnets=ids)["LoadBalancers"][0]["LoadBalancerArn"]
    forward = [{"Type": "forward", "TargetGroupArn": arn}]
    listener = client("elbv2").create_listener(
        LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward
    )["Listeners"][0]["ListenerArn"]
    return iter([str(listener)])


def test_says_who_still_uses_it(converge: Converge, vpc: str, used: Iterator[str]) -> None:
    assert next(used)
    run = converge([group(vpc)], absent=True, fails=True)
    assert "no listener rule forwards to slipway-test-blue" in run.failures[0]


def test_reads_many_with_few_calls(converge: Converge, vpc: str) -> None:
    groups = [group(vpc, f"g{number}") for number in range(50)]
    converge(groups)
    calls = converge(groups).calls
    assert calls["elbv2.describe_target_groups"] == 1
    assert calls["elbv2.describe_tags"] == 3
    assert calls["elbv2.describe_target_group_attributes"] == len(groups)
    assert sum(calls.values()) == len(groups) + 4
