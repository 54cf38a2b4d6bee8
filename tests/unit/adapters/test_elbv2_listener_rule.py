from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge

KEY = "elbv2_listener_rule.web"
Client = Callable[[str], Any]


@pytest.fixture
def place(client: Client) -> dict[str, Any]:
    """Return a listener and three target groups."""
    vpc = client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        client("ec2").create_subnet(VpcId=vpc, CidrBlock=f"10.0.{zone}.0/24", AvailabilityZone=f"us-east-1{letter}")
        for zone, letter in enumerate("ab")
    ]
    ids = [subnet["Subnet"]["SubnetId"] for subnet in subnets]
    elb = client("elbv2")
    balancer = elb.create_load_balancer(Name="lb", Subnets=ids)["LoadBalancers"][0]["LoadBalancerArn"]
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    listener = elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[answer])
    groups = {
        name: elb.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")["TargetGroups"][
            0
        ]["TargetGroupArn"]
        for name in ("blue", "green", "foreign")
    }
    return {"listener": listener["Listeners"][0]["ListenerArn"], **groups}


def forward(place: dict[str, Any], **weights: int) -> list[dict[str, Any]]:
    groups = [{"TargetGroupArn": place[name], "Weight": weight} for name, weight in weights.items()]
    return [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]


def rule(place: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {
        "type": "elbv2_listener_rule",
        "name": "web",
        "tags": {"Name": "web"},
        "properties": {
            "ListenerArn": place["listener"],
            "Priority": 100,
            "Conditions": [
                {"Field": "host-header", "HostHeaderConfig": {"Values": ["web.example.com", "www.example.com"]}},
                {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}},
            ],
            "ForwardTo": [place["blue"], place["green"]],
            **properties,
        },
        "initial": {"Actions": forward(place, blue=999, green=0)},
    }


def modify(client: Client, run: Any, **parameters: Any) -> None:
    client("elbv2").modify_rule(RuleArn=run.state(KEY)["RuleArn"], **parameters)


def weights(client: Client, run: Any) -> list[tuple[str, int]]:
    found = client("elbv2").describe_rules(RuleArns=[run.state(KEY)["RuleArn"]])["Rules"][0]["Actions"][0]
    return [(entry["TargetGroupArn"], entry["Weight"]) for entry in found["ForwardConfig"]["TargetGroups"]]


def test_lives(converge: Converge, place: dict[str, Any]) -> None:
    converge.lives([rule(place)])


def test_leaves_the_weights_to_the_release(converge: Converge, client: Client, place: dict[str, Any]) -> None:
    run = converge([rule(place)])
    modify(client, run, Actions=forward(place, green=500, blue=500))
    assert converge([rule(place)]).changed == {}
    assert dict(weights(client, run)) == {place["blue"]: 500, place["green"]: 500}


def test_brings_back_a_lost_target_group_and_keeps_the_weights(
    converge: Converge, client: Client, place: dict[str, Any]
) -> None:
    def drift(run: Any) -> None:
        modify(client, run, Actions=forward(place, green=700, foreign=300))

    run = converge.mends([rule(place)], drift, {KEY: {"ForwardTo"}})
    assert weights(client, run) == [(place["blue"], 0), (place["green"], 700)]


def test_goes_back_to_the_beginning_when_no_weight_would_be_left(
    converge: Converge, client: Client, place: dict[str, Any]
) -> None:
    def drift(run: Any) -> None:
        modify(client, run, Actions=[{"Type": "forward", "TargetGroupArn": place["foreign"]}])

    run = converge.mends([rule(place)], drift, {KEY: {"ForwardTo"}})
    assert weights(client, run) == [(place["blue"], 999), (place["green"], 0)]


@pytest.mark.parametrize("values", [["web.example.com"], ["web.example.com", "evil.example.com"]])
def test_mends_conditions(converge: Converge, client: Client, place: dict[str, Any], values: list[str]) -> None:
    conditions = [
        {"Field": "host-header", "HostHeaderConfig": {"Values": values}},
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}},
    ]
    converge.mends([rule(place)], lambda run: modify(client, run, Conditions=conditions), {KEY: {"Conditions"}})


def test_does_not_mind_the_order_of_conditions(converge: Converge, client: Client, place: dict[str, Any]) -> None:
    run = converge([rule(place)])
    conditions = [
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}},
        {"Field": "host-header", "HostHeaderConfig": {"Values": ["www.example.com", "web.example.com"]}},
    ]
    modify(client, run, Conditions=conditions)
    assert converge([rule(place)]).changed == {}


def test_mends_the_priority(converge: Converge, client: Client, place: dict[str, Any]) -> None:
    def drift(run: Any) -> None:
        pair = {"RuleArn": run.state(KEY)["RuleArn"], "Priority": 7}
        client("elbv2").set_rule_priorities(RulePriorities=[pair])

    converge.mends([rule(place)], drift, {KEY: {"Priority"}})


def test_mends_tags_even_when_all_are_gone(converge: Converge, client: Client, place: dict[str, Any]) -> None:
    def drift(run: Any) -> None:
        client("elbv2").remove_tags(
            ResourceArns=[run.state(KEY)["RuleArn"]], TagKeys=["Name", "project", "environment"]
        )

    converge.mends([rule(place)], drift, {KEY: {"Tags"}})


def test_refuses_a_priority_that_somebody_else_has(converge: Converge, client: Client, place: dict[str, Any]) -> None:
    client("elbv2").create_rule(
        ListenerArn=place["listener"],
        Priority=100,
        Conditions=[{"Field": "host-header", "Values": ["other"]}],
        Actions=forward(place, foreign=1),
        Tags=[{"Key": "Name", "Value": "other"}],
    )
    assert "environment_services" in converge([rule(place)], fails=True).failures[0]


def test_reads_many_with_few_calls(converge: Converge, place: dict[str, Any]) -> None:
    rules = [{**rule(place, Priority=n + 1), "name": f"r{n}", "tags": {"Name": f"r{n}"}} for n in range(40)]
    converge(rules)
    assert converge(rules).calls == {"elbv2.describe_rules": 1, "elbv2.describe_tags": 2}
