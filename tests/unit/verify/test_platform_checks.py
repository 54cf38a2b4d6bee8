"""Each check of the platform: it holds on what our adapters make, and fails when that is changed behind their back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from ansible_collections.slipway.aws.plugins.plugin_utils.checks import Check
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.verify_database import database_checks
from ansible_collections.slipway.aws.plugins.plugin_utils.verify_load_balancer import (
    firewall_checks,
    load_balancer_checks,
    target_checks,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.verify_network import network_checks
from tests.unit.accounts import MANY_POLICIES

REGION = "us-east-1"
POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
PATHS = [
    "0.0.0.0/0 -> load_balancer:443",
    "load_balancer -> 0.0.0.0/0:all",
    "load_balancer -> services:8080",
    "services -> 0.0.0.0/0:all",
]
SOURCES = {"load_balancer": ["0.0.0.0/0"], "services": ["load_balancer"]}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "SLIPWAY_TIME_SCALE", MANY_POLICIES):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        session: Any = boto3.session.Session(region_name=REGION)
        yield session.client


@pytest.fixture
def outputs(client: Callable[[str], Any]) -> dict[str, Any]:
    """Return the outputs of a small platform that is as it should be."""
    return {**_network(client("ec2")), **_database(client("rds"))}


def _network(ec2: Any) -> dict[str, Any]:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    default = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"][0]
    ec2.revoke_security_group_egress(GroupId=default["GroupId"], IpPermissions=default["IpPermissionsEgress"])
    names = ("load_balancer", "services")
    groups = {name: ec2.create_security_group(VpcId=vpc, GroupName=name, Description=name)["GroupId"] for name in names}
    ec2.authorize_security_group_ingress(
        GroupId=groups["load_balancer"], IpPermissions=[_port(443, IpRanges=[{"CidrIp": "0.0.0.0/0"}])]
    )
    ec2.authorize_security_group_ingress(
        GroupId=groups["services"], IpPermissions=[_port(8080, UserIdGroupPairs=[{"GroupId": groups["load_balancer"]}])]
    )
    published = {f"network/{name}_security_group_id": group for name, group in groups.items()}
    return {"network/vpc_id": vpc, "default_group": default["GroupId"], **published}


def _port(port: int, **source: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}


def _database(rds: Any) -> dict[str, Any]:
    rds.create_db_parameter_group(DBParameterGroupName="main", DBParameterGroupFamily="postgres18", Description="main")
    force = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}
    rds.modify_db_parameter_group(DBParameterGroupName="main", Parameters=[force])
    rds.create_db_instance(
        DBInstanceIdentifier="main",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="owner",
        MasterUserPassword="not-a-secret",
        StorageEncrypted=True,
        MultiAZ=True,
        PubliclyAccessible=False,
        DBParameterGroupName="main",
    )
    return {"database/instance_id": "main"}


def broken(checks: Iterator[Check]) -> dict[str, str]:
    return {check.name: check.problem for check in checks if check.problem}


def network(outputs: dict[str, Any], sources: dict[str, list[str]]) -> dict[str, str]:
    return broken(network_checks(Cloud(REGION), outputs, {"sources": sources, "public_ports": [443], "paths": PATHS}))


def test_a_network_as_declared_has_no_problem(outputs: dict[str, Any]) -> None:
    assert network(outputs, SOURCES) == {}


def test_tells_a_source_too_many_and_a_port_open_to_the_world(
    outputs: dict[str, Any], client: Callable[[str], Any]
) -> None:
    client("ec2").authorize_security_group_ingress(
        GroupId=outputs["network/services_security_group_id"],
        IpPermissions=[_port(22, IpRanges=[{"CidrIp": "0.0.0.0/0"}])],
    )
    assert network(outputs, SOURCES) == {
        "load_balancer may connect to services, and nobody else": "found ['0.0.0.0/0', 'load_balancer']",
        "the world may connect to ports [443] only": "found [22, 443]",
        "no path is open that verify_paths does not have": "found ['0.0.0.0/0 -> services:22']",
    }


def test_tells_a_path_that_is_closed(outputs: dict[str, Any], client: Callable[[str], Any]) -> None:
    group = outputs["network/load_balancer_security_group_id"]
    (found,) = client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
    client("ec2").revoke_security_group_egress(GroupId=group, IpPermissions=found["IpPermissionsEgress"])
    assert network(outputs, SOURCES) == {
        "every path of verify_paths is open": (
            "found closed: ['load_balancer -> 0.0.0.0/0:all', 'load_balancer -> services:8080']"
        )
    }


def test_tells_a_source_that_is_missing(outputs: dict[str, Any]) -> None:
    found = network(outputs, {**SOURCES, "services": ["load_balancer", "services"]})
    assert list(found.values()) == ["found ['load_balancer']"]


def test_tells_a_default_group_with_rules(outputs: dict[str, Any], client: Callable[[str], Any]) -> None:
    client("ec2").authorize_security_group_ingress(
        GroupId=outputs["default_group"], IpPermissions=[_port(80, IpRanges=[{"CidrIp": "10.0.0.0/8"}])]
    )
    assert network(outputs, SOURCES) == {"the VPC's default security group has no rules": "found 1 rules"}


def database(outputs: dict[str, Any], **expected: Any) -> dict[str, str]:
    return broken(database_checks(Cloud(REGION), outputs, expected))


def test_a_database_as_declared_has_no_problem(outputs: dict[str, Any]) -> None:
    assert database(outputs, MultiAZ=True, DeletionProtection=False) == {}


def test_tells_a_database_that_is_not_as_declared(outputs: dict[str, Any], client: Callable[[str], Any]) -> None:
    off = {"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"}
    client("rds").modify_db_parameter_group(DBParameterGroupName="main", Parameters=[off])
    assert database(outputs, MultiAZ=False) == {
        "MultiAZ is False": "found True",
        "connections without TLS are refused": "found rds.force_ssl 0",
    }


@pytest.fixture
def way_in(outputs: dict[str, Any], client: Callable[[str], Any]) -> dict[str, Any]:
    """Return the outputs with a load balancer, whose targets are healthy, and a firewall before it."""
    ec2, elb, waf = client("ec2"), client("elbv2"), client("wafv2")
    vpc = outputs["network/vpc_id"]
    zones = {f"{REGION}a": "10.0.1.0/24", f"{REGION}b": "10.0.2.0/24"}
    made = [ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone) for zone, block in zones.items()]
    subnets = [answer["Subnet"]["SubnetId"] for answer in made]
    balancer = elb.create_load_balancer(Name="main", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    group = elb.create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
    target = group["TargetGroups"][0]["TargetGroupArn"]
    elb.register_targets(TargetGroupArn=target, Targets=[{"Id": "10.0.1.7", "Port": 80}])
    certificate = client("acm").request_certificate(DomainName="example.com")["CertificateArn"]
    redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    http = {"LoadBalancerArn": balancer, "Protocol": "HTTP", "Port": 80, "DefaultActions": [redirect]}
    forward = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": target, "Weight": 1}]}}
    https = {
        "LoadBalancerArn": balancer,
        "Protocol": "HTTPS",
        "Port": 443,
        "SslPolicy": POLICY,
        "Certificates": [{"CertificateArn": certificate}],
        "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
    }
    plain, secure = (elb.create_listener(**given)["Listeners"][0]["ListenerArn"] for given in (http, https))
    host = {"Field": "host-header", "HostHeaderConfig": {"Values": ["web.example.com"]}}
    tags = [{"Key": "service", "Value": "web"}]
    elb.create_rule(ListenerArn=secure, Priority=100, Conditions=[host], Actions=[forward], Tags=tags)
    return {
        "load_balancer/load_balancer_arn": balancer,
        "load_balancer/https_listener_arn": secure,
        "firewall/web_acl_arn": _firewall(waf, balancer),
        "plain": plain,
        "target": target,
    }


def _firewall(waf: Any, balancer: str) -> str:
    metric = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
    rule = {
        "Name": "rate",
        "Priority": 1,
        "Statement": {"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "IP"}},
        "Action": {"Block": {}},
        "VisibilityConfig": metric,
    }
    answer = waf.create_web_acl(
        Name="main", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=metric, Rules=[rule]
    )
    arn = str(answer["Summary"]["ARN"])
    waf.associate_web_acl(WebACLArn=arn, ResourceArn=balancer)
    group = f"arn:aws:logs:{REGION}:123456789012:log-group:aws-waf-logs-main"
    waf.put_logging_configuration(LoggingConfiguration={"ResourceArn": arn, "LogDestinationConfigs": [group]})
    return arn


def balancer_problems(
    outputs: dict[str, Any], *, attributes: dict[str, Any] | None = None, released: tuple[str, ...] = ("web",)
) -> dict[str, str]:
    expected = {"ssl_policy": POLICY, "attributes": attributes or {}, "released": released}
    return broken(load_balancer_checks(Cloud(REGION), outputs, expected))


def test_a_load_balancer_as_declared_has_no_problem(way_in: dict[str, Any]) -> None:
    assert balancer_problems(way_in, attributes={"deletion_protection.enabled": False}) == {}


def test_a_service_that_waits_for_its_first_release_needs_no_targets(
    way_in: dict[str, Any], client: Callable[[str], Any]
) -> None:
    client("elbv2").deregister_targets(TargetGroupArn=way_in["target"], Targets=[{"Id": "10.0.1.7", "Port": 80}])
    assert balancer_problems(way_in, released=()) == {}
    problem = {"targets of web, which has traffic, are healthy": "found no targets"}
    assert balancer_problems(way_in) == problem
    assert broken(target_checks(Cloud(REGION), way_in, ["web"])) == problem
    assert broken(target_checks(Cloud(REGION), way_in, ["api"])) == {}


def test_tells_a_load_balancer_that_is_not_as_declared(way_in: dict[str, Any], client: Callable[[str], Any]) -> None:
    elb = client("elbv2")
    elb.modify_listener(ListenerArn=way_in["load_balancer/https_listener_arn"], SslPolicy="ELBSecurityPolicy-2016-08")
    elb.modify_listener(
        ListenerArn=way_in["plain"], DefaultActions=[{"Type": "forward", "TargetGroupArn": way_in["target"]}]
    )
    elb.deregister_targets(TargetGroupArn=way_in["target"], Targets=[{"Id": "10.0.1.7", "Port": 80}])
    assert balancer_problems(way_in, attributes={"deletion_protection.enabled": True}) == {
        "deletion_protection.enabled is true": "found false",
        "port 80 only redirects to HTTPS": "found forward",
        f"port 443 speaks HTTPS with {POLICY}": "found ELBSecurityPolicy-2016-08",
        "targets of web, which has traffic, are healthy": "found no targets",
    }


def test_a_firewall_as_declared_has_no_problem(way_in: dict[str, Any]) -> None:
    assert broken(firewall_checks(Cloud(REGION), way_in, {})) == {}


def test_tells_a_firewall_that_is_not_there(way_in: dict[str, Any], client: Callable[[str], Any]) -> None:
    client("wafv2").disassociate_web_acl(ResourceArn=way_in["load_balancer/load_balancer_arn"])
    client("wafv2").delete_logging_configuration(ResourceArn=way_in["firewall/web_acl_arn"])
    assert broken(firewall_checks(Cloud(REGION), way_in, {})) == {
        "stands before the load balancer": "found no web ACL",
        "has rules, each with a metric": "found no rules",
        "logs requests": "found no logging configuration",
    }
