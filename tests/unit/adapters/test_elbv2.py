from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import REGION, Converge, Run

Client = Callable[[str], Any]
KEY = "elbv2_load_balancer.main"
LISTENER_KEY = "elbv2_listener.https"
POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
HSTS = "routing.http.response.strict_transport_security.header_value"
PROTECTION = "deletion_protection.enabled"


@pytest.fixture
def ground(client: Client) -> dict[str, Any]:
    """Return a VPC with three subnets and two security groups, and two certificates."""
    ec2, acm = client("ec2"), client("acm")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate("abc")
    ]
    groups = [ec2.create_security_group(VpcId=vpc, GroupName=n, Description=n)["GroupId"] for n in ("one", "two")]
    names = ("a.example.com", "b.example.com")
    certificates = [acm.request_certificate(DomainName=name)["CertificateArn"] for name in names]
    return {"subnets": subnets, "groups": groups, "certificates": certificates}


def resources(ground: dict[str, Any], **attributes: Any) -> list[dict[str, Any]]:
    return [
        {
            "type": "elbv2_load_balancer",
            "name": "main",
            "properties": {
                "Name": "slipway-test",
                "Type": "application",
                "Scheme": "internet-facing",
                "IpAddressType": "ipv4",
                "Subnets": ground["subnets"][:2],
                "SecurityGroups": ground["groups"][:1],
                "Attributes": {
                    PROTECTION: False,
                    "idle_timeout.timeout_seconds": 60,
                    "routing.http.drop_invalid_header_fields.enabled": True,
                    **attributes,
                },
            },
        },
        {
            "type": "elbv2_listener",
            "name": "https",
            "properties": {
                "LoadBalancerArn": "${elbv2_load_balancer.main.LoadBalancerArn}",
                "Protocol": "HTTPS",
                "Port": 443,
                "SslPolicy": POLICY,
                "Certificates": [{"CertificateArn": ground["certificates"][0]}],
                "DefaultActions": [fixed("404")],
                "Attributes": {HSTS: "max-age=31536000"},
            },
        },
    ]


def fixed(status: str) -> dict[str, Any]:
    answer = {"StatusCode": status, "ContentType": "text/plain", "MessageBody": "none"}
    return {"Type": "fixed-response", "FixedResponseConfig": answer}


def test_lives(converge: Converge, ground: dict[str, Any]) -> None:
    converge.lives(resources(ground))


def test_offers_what_metrics_and_records_need(converge: Converge, ground: dict[str, Any]) -> None:
    state = converge(resources(ground)).state(KEY)
    assert state["FullName"].startswith("app/slipway-test/")
    assert state["DNSName"]
    assert state["CanonicalHostedZoneId"]


#: Who changes, what changes, through which operation, with which parameters for the resources given.
Drift = tuple[str, str, str, Callable[[dict[str, Any]], dict[str, Any]]]
DRIFTS: list[Drift] = [
    (KEY, "Subnets", "set_subnets", lambda ground: {"Subnets": ground["subnets"][1:]}),
    (KEY, "SecurityGroups", "set_security_groups", lambda ground: {"SecurityGroups": ground["groups"]}),
    (
        KEY,
        "Attributes",
        "modify_load_balancer_attributes",
        lambda _: {"Attributes": [{"Key": "idle_timeout.timeout_seconds", "Value": "30"}]},
    ),
    (LISTENER_KEY, "SslPolicy", "modify_listener", lambda _: {"SslPolicy": "ELBSecurityPolicy-2016-08"}),
    (LISTENER_KEY, "DefaultActions", "modify_listener", lambda _: {"DefaultActions": [fixed("503")]}),
    (
        LISTENER_KEY,
        "Certificates",
        "modify_listener",
        lambda ground: {"Certificates": [{"CertificateArn": ground["certificates"][1]}]},
    ),
    (
        LISTENER_KEY,
        "Attributes",
        "modify_listener_attributes",
        lambda _: {"Attributes": [{"Key": HSTS, "Value": "max-age=0"}]},
    ),
]


@pytest.mark.parametrize("drift", DRIFTS, ids=[f"{drift[0]}-{drift[1]}" for drift in DRIFTS])
def test_mends(converge: Converge, client: Client, ground: dict[str, Any], drift: Drift) -> None:
    key, changed, operation, parameters = drift

    def behind_its_back(run: Run) -> None:
        name = "LoadBalancerArn" if key == KEY else "ListenerArn"
        getattr(client("elbv2"), operation)(**{name: run.state(key)[name]}, **parameters(ground))

    converge.mends(resources(ground), behind_its_back, {key: {changed}})


@pytest.mark.parametrize(("key", "arn"), [(KEY, "LoadBalancerArn"), (LISTENER_KEY, "ListenerArn")])
def test_mends_tags(converge: Converge, client: Client, ground: dict[str, Any], key: str, arn: str) -> None:
    def drift(run: Run) -> None:
        target = [run.state(key)[arn]]
        client("elbv2").add_tags(ResourceArns=target, Tags=[{"Key": "owner", "Value": "someone"}])
        client("elbv2").remove_tags(ResourceArns=target, TagKeys=["project"])

    converge.mends(resources(ground), drift, {key: {"Tags"}})


def test_puts_a_missing_listener_back(converge: Converge, client: Client, ground: dict[str, Any]) -> None:
    first = converge(resources(ground))
    client("elbv2").delete_listener(ListenerArn=first.state(LISTENER_KEY)["ListenerArn"])
    assert converge(resources(ground)).actions == {KEY: "unchanged", LISTENER_KEY: "created"}


def test_keeps_what_is_declared_protected_and_releases_what_no_longer_is(
    converge: Converge, ground: dict[str, Any]
) -> None:
    protected = resources(ground, **{PROTECTION: True})
    converge(protected)
    kept = converge(protected, absent=True)
    assert kept.actions[KEY] == "kept"
    assert PROTECTION in kept.outcomes[KEY].message
    assert converge(resources(ground), absent=True).actions[KEY] == "deleted"


def test_an_attribute_that_is_not_declared_is_left_alone(
    converge: Converge, client: Client, ground: dict[str, Any]
) -> None:
    arn = converge(resources(ground)).state(KEY)["LoadBalancerArn"]
    client("elbv2").modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": "routing.http2.enabled", "Value": "false"}]
    )
    assert converge(resources(ground)).changed == {}
