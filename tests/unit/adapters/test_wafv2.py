from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import REGION, Converge, Run

Client = Callable[[str], Any]
KEY = "wafv2_web_acl.main"
SET_KEY = "wafv2_ip_set.deny"
LOG_KEY = "wafv2_logging_configuration.main"
LINK_KEY = "wafv2_web_acl_association.main"


def metric(name: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}


RATE = {"Limit": 2000, "EvaluationWindowSec": 300, "AggregateKeyType": "IP"}
DENY: dict[str, Any] = {
    "type": "wafv2_ip_set",
    "name": "deny",
    "properties": {
        "Name": "deny",
        "Scope": "REGIONAL",
        "IPAddressVersion": "IPV4",
        "Addresses": ["192.0.2.0/24", "198.51.100.0/24"],
    },
}
ACL: dict[str, Any] = {
    "type": "wafv2_web_acl",
    "name": "main",
    "properties": {
        "Name": "slipway-test",
        "Scope": "REGIONAL",
        "Description": "test",
        "DefaultAction": {"Allow": {}},
        "VisibilityConfig": metric("slipway-test"),
        "Rules": [
            {
                "Name": "deny-addresses",
                "Priority": 10,
                "Statement": {"IPSetReferenceStatement": {"ARN": "${wafv2_ip_set.deny.ARN}"}},
                "Action": {"Block": {}},
                "VisibilityConfig": metric("deny-addresses"),
            },
            {
                "Name": "rate-limit",
                "Priority": 40,
                "Statement": {"RateBasedStatement": RATE},
                "Action": {"Block": {}},
                "VisibilityConfig": metric("rate-limit"),
            },
        ],
    },
}
GROUP: dict[str, Any] = {
    "type": "logs_log_group",
    "name": "requests",
    "properties": {"logGroupName": "aws-waf-logs-slipway-test"},
}
LOGGING: dict[str, Any] = {
    "type": "wafv2_logging_configuration",
    "name": "main",
    "properties": {
        "ResourceArn": "${wafv2_web_acl.main.ARN}",
        "LogDestinationConfigs": ["${logs_log_group.requests.arn}"],
        "RedactedFields": [{"SingleHeader": {"Name": "authorization"}}, {"SingleHeader": {"Name": "cookie"}}],
    },
}
ALL = [DENY, ACL, GROUP, LOGGING]


@pytest.fixture
def balancer(client: Client) -> str:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = [f"{REGION}a", f"{REGION}b"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for n, zone in enumerate(zones)
    ]
    answer = client("elbv2").create_load_balancer(Name="slipway-test", Subnets=subnets)
    return str(answer["LoadBalancers"][0]["LoadBalancerArn"])


def association(balancer: str) -> dict[str, Any]:
    properties = {"WebACLArn": "${wafv2_web_acl.main.ARN}", "ResourceArn": balancer}
    return {"type": "wafv2_web_acl_association", "name": "main", "properties": properties}


def test_lives(converge: Converge, balancer: str) -> None:
    converge.lives([*ALL, association(balancer)])


def behind_its_back(client: Client, run: Run, **changed: Any) -> None:
    waf, state = client("wafv2"), run.state(KEY)
    target = {name: state[name] for name in ("Name", "Id", "Scope")}
    answer = waf.get_web_acl(**target)
    now = {name: answer["WebACL"][name] for name in ("DefaultAction", "Description", "Rules", "VisibilityConfig")}
    waf.update_web_acl(**target, LockToken=answer["LockToken"], **{**now, **changed})


def limited(run: Run, **rate: Any) -> list[dict[str, Any]]:
    rules = run.state(KEY)["Rules"]
    return [rules[0], {**rules[1], "Statement": {"RateBasedStatement": {**RATE, **rate}}}]


@pytest.mark.parametrize(
    ("changed", "drift"),
    [
        ("DefaultAction", lambda _: {"DefaultAction": {"Block": {}}}),
        ("Description", lambda _: {"Description": "someone's"}),
        ("VisibilityConfig", lambda _: {"VisibilityConfig": metric("other")}),
        ("Rules", lambda run: {"Rules": limited(run, Limit=100)}),
        ("Rules", lambda run: {"Rules": run.state(KEY)["Rules"][:1]}),
        # A condition that nobody declared: comparing only what is declared would miss it.
        (
            "Rules",
            lambda run: {
                "Rules": limited(run, ScopeDownStatement={"GeoMatchStatement": {"CountryCodes": ["DE"]}}),
            },
        ),
    ],
    ids=["default", "description", "metric", "limit", "rule-gone", "condition-added"],
)
def test_mends_the_web_acl(
    converge: Converge, client: Client, changed: str, drift: Callable[[Run], dict[str, Any]]
) -> None:
    converge.mends(ALL, lambda run: behind_its_back(client, run, **drift(run)), {KEY: {changed}})


@pytest.mark.parametrize("key", [KEY, SET_KEY])
def test_mends_tags(converge: Converge, client: Client, key: str) -> None:
    def drift(run: Run) -> None:
        client("wafv2").tag_resource(ResourceARN=run.state(key)["ARN"], Tags=[{"Key": "owner", "Value": "someone"}])

    converge.mends(ALL, drift, {key: {"Tags"}})


def test_mends_addresses(converge: Converge, client: Client) -> None:
    def drift(run: Run) -> None:
        state = run.state(SET_KEY)
        target = {name: state[name] for name in ("Name", "Id", "Scope", "LockToken")}
        client("wafv2").update_ip_set(**target, Addresses=["203.0.113.0/24"])

    converge.mends([DENY], drift, {SET_KEY: {"Addresses"}})


def test_the_order_of_addresses_means_nothing(converge: Converge) -> None:
    converge([DENY])
    turned = [*reversed(DENY["properties"]["Addresses"])]
    assert converge([{**DENY, "properties": {**DENY["properties"], "Addresses": turned}}]).changed == {}


def test_mends_logging(converge: Converge, client: Client) -> None:
    def drift(run: Run) -> None:
        state = run.state(LOG_KEY)
        kept = {name: state[name] for name in ("ResourceArn", "LogDestinationConfigs")}
        client("wafv2").put_logging_configuration(LoggingConfiguration=kept)

    converge.mends(ALL, drift, {LOG_KEY: {"RedactedFields"}})


def test_puts_the_association_back(converge: Converge, client: Client, balancer: str) -> None:
    def drift(_run: Run) -> None:
        client("wafv2").disassociate_web_acl(ResourceArn=balancer)

    converge.mends([*ALL, association(balancer)], drift, {LINK_KEY: {"WebACLArn", "ResourceArn"}})


def test_leaves_an_association_with_anothers_web_acl_alone(converge: Converge, client: Client, balancer: str) -> None:
    converge([*ALL, association(balancer)])
    summary = client("wafv2").create_web_acl(
        Name="another", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=metric("another")
    )["Summary"]
    client("wafv2").disassociate_web_acl(ResourceArn=balancer)  # AWS does it by itself
    client("wafv2").associate_web_acl(WebACLArn=summary["ARN"], ResourceArn=balancer)
    run = converge([*ALL, association(balancer)], absent=True)
    assert run.actions[LINK_KEY] == "unchanged"
    assert client("wafv2").get_web_acl_for_resource(ResourceArn=balancer)["WebACL"]["Name"] == "another"
