from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import REGION, Converge

KEY = "ecs_service.web"
Client = Callable[[str], Any]


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud instead of moto, which forgets most of a service."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def place(client: Client) -> dict[str, Any]:
    """Return a cluster, a network and two revisions of a definition, all of this test alone."""
    name, ec2, ecs = f"test-{uuid.uuid4().hex[:8]}", client("ec2"), client("ecs")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{zone}.0/24", AvailabilityZone=f"{REGION}{'ab'[zone]}")["Subnet"][
            "SubnetId"
        ]
        for zone in range(2)
    ]
    groups = [ec2.create_security_group(GroupName=n, Description=n, VpcId=vpc)["GroupId"] for n in ("one", "two")]
    ecs.create_cluster(clusterName=name, capacityProviders=["FARGATE", "FARGATE_SPOT"])
    port = {"containerPort": 8080, "name": "http", "appProtocol": "http"}
    container = {"name": "web", "image": "web:1", "portMappings": [port]}
    revisions = [
        ecs.register_task_definition(
            family=name,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[container],
        )["taskDefinition"]["taskDefinitionArn"]
        for _ in range(2)
    ]
    balanced = [{"targetGroupArn": target_group(client, vpc, subnets), "containerName": "web", "containerPort": 8080}]
    return {"cluster": name, "subnets": subnets, "groups": groups, "revisions": revisions, "balanced": balanced}


def target_group(client: Client, vpc: str, subnets: list[str]) -> str:
    """Make a target group that a load balancer routes to, and return its ARN."""
    elbv2, name = client("elbv2"), f"test-{uuid.uuid4().hex[:8]}"
    group: str = elbv2.create_target_group(Name=name, Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip")[
        "TargetGroups"
    ][0]["TargetGroupArn"]
    balancer = elbv2.create_load_balancer(Name=name, Subnets=subnets, Scheme="internal")["LoadBalancers"][0]
    forward = {"Type": "forward", "TargetGroupArn": group}
    elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[forward]
    )
    return group


def service(place: dict[str, Any], name: str = "web", **properties: Any) -> dict[str, Any]:
    network = {"subnets": place["subnets"], "securityGroups": place["groups"], "assignPublicIp": "DISABLED"}
    return {
        "type": "ecs_service",
        "name": name,
        "properties": {
            "cluster": place["cluster"],
            "serviceName": name,
            "capacityProviderStrategy": [
                {"capacityProvider": "FARGATE", "weight": 1, "base": 0},
                {"capacityProvider": "FARGATE_SPOT", "weight": 4, "base": 0},
            ],
            "platformVersion": "LATEST",
            "deploymentConfiguration": {
                "minimumHealthyPercent": 100,
                "maximumPercent": 200,
                "deploymentCircuitBreaker": {"enable": True, "rollback": False},
            },
            "networkConfiguration": {"awsvpcConfiguration": network},
            "loadBalancers": place["balanced"],
            "healthCheckGracePeriodSeconds": 60,
            "availabilityZoneRebalancing": "ENABLED",
            "enableECSManagedTags": True,
            "enableExecuteCommand": False,
            "propagateTags": "SERVICE",
            **properties,
        },
        "initial": {"taskDefinition": place["revisions"][0], "desiredCount": 0},
    }


def test_lives(converge: Converge, place: dict[str, Any]) -> None:
    converge.lives([service(place)])


def drifts(place: dict[str, Any]) -> dict[str, Any]:
    network = {"subnets": place["subnets"], "securityGroups": place["groups"], "assignPublicIp": "DISABLED"}
    return {
        "subnet": {"networkConfiguration": {"awsvpcConfiguration": {**network, "subnets": place["subnets"][:1]}}},
        "group": {"networkConfiguration": {"awsvpcConfiguration": {**network, "securityGroups": place["groups"][:1]}}},
        "address": {"networkConfiguration": {"awsvpcConfiguration": {**network, "assignPublicIp": "ENABLED"}}},
        "percent": {"deploymentConfiguration": {"minimumHealthyPercent": 0, "maximumPercent": 150}},
        "breaker": {"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": False, "rollback": False}}},
        "strategy": {
            "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
            "forceNewDeployment": True,
        },
        "platform": {"platformVersion": "1.4.0"},
        "grace": {"healthCheckGracePeriodSeconds": 0},
        "rebalancing": {"availabilityZoneRebalancing": "DISABLED"},
        "managed tags": {"enableECSManagedTags": False},
        "exec": {"enableExecuteCommand": True},
        "propagation": {"propagateTags": "NONE"},
    }


NAMES = (
    *("subnet", "group", "address", "percent", "breaker", "strategy", "platform", "grace", "rebalancing"),
    *("managed tags", "exec", "propagation"),
)


@pytest.mark.parametrize("name", NAMES)
def test_mends(converge: Converge, client: Client, place: dict[str, Any], name: str) -> None:
    drift = drifts(place)[name]

    def change(_run: object) -> None:
        client("ecs").update_service(cluster=place["cluster"], service="web", **drift)

    converge.mends([service(place)], change, {KEY: set(drift) - {"forceNewDeployment"}})


def test_every_drift_is_tried(place: dict[str, Any]) -> None:
    assert set(drifts(place)) == set(NAMES)


def test_mends_tags(converge: Converge, client: Client, place: dict[str, Any]) -> None:
    def change(run: Any) -> None:
        arn = run.state(KEY)["serviceArn"]
        client("ecs").tag_resource(resourceArn=arn, tags=[{"key": "foreign", "value": "x"}])
        client("ecs").untag_resource(resourceArn=arn, tagKeys=["project"])

    converge.mends([service(place)], change, {KEY: {"Tags"}})


def test_leaves_revision_and_count_to_others(converge: Converge, client: Client, place: dict[str, Any]) -> None:
    converge([service(place)])
    client("ecs").update_service(cluster=place["cluster"], service="web", taskDefinition=place["revisions"][1])
    run = converge([service(place)])
    assert run.changed == {}
    assert run.state(KEY)["taskDefinition"] == place["revisions"][1]


def test_does_not_mind_the_order_of_lists(converge: Converge, client: Client, place: dict[str, Any]) -> None:
    converge([service(place)])
    turned = {"subnets": place["subnets"][::-1], "securityGroups": place["groups"][::-1]}
    client("ecs").update_service(
        cluster=place["cluster"], service="web", networkConfiguration={"awsvpcConfiguration": turned}
    )
    assert converge([service(place)]).changed == {}


def test_reports_a_failed_deployment(converge: Converge, place: dict[str, Any]) -> None:
    entry = service(place, WaitStable=True)
    entry["initial"]["desiredCount"] = 1  # its image does not exist
    run = converge([entry], fails=True)
    ended = r"the deployment failed: .*; task \w+: CannotPullContainerError.*ended with no code"
    assert re.search(ended, run.failures[0])
    converge([entry], absent=True)


def test_begins_a_failed_deployment_anew(converge: Converge, client: Client, place: dict[str, Any]) -> None:
    def primary() -> dict[str, Any]:
        found = client("ecs").describe_services(cluster=place["cluster"], services=["web"])["services"][0]
        return next(one for one in found["deployments"] if one["status"] == "PRIMARY")

    entry = service(place, WaitStable=True)
    entry["initial"]["desiredCount"] = 1  # its image does not exist
    converge([entry], fails=True)
    given_up = primary()["id"]
    assert converge([entry], check=True).changed[KEY] == {"WaitStable"}
    assert primary()["id"] == given_up
    assert "the deployment failed" in converge([entry], fails=True).failures[0]
    assert primary()["id"] != given_up
    converge([entry], absent=True)


def test_reads_two_hundred_with_twenty_calls(converge: Converge, place: dict[str, Any]) -> None:
    many = [service(place, f"s{number}") for number in range(200)]
    converge(many[195:])
    run = converge(many, check=True)
    assert run.calls == {"ecs.describe_services": 20}
    assert len(run.changed) == 195


@pytest.fixture
def meshed(client: Client, place: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration of a service that is called by name, in a namespace of this test alone."""
    client("servicediscovery").create_http_namespace(Name=place["cluster"])
    listed = client("servicediscovery").list_namespaces()["Namespaces"]
    (space,) = [one for one in listed if one["Name"] == place["cluster"]]
    options = {"awslogs-group": "/web", "awslogs-region": REGION, "awslogs-stream-prefix": "mesh"}
    endpoint = {
        "portName": "http",
        "discoveryName": "web",
        "clientAliases": [{"port": 80, "dnsName": "web"}],
        "ingressPortOverride": 15080,
        "timeout": {"perRequestTimeoutSeconds": 15, "idleTimeoutSeconds": 300},
    }
    return {
        "enabled": True,
        "namespace": space["Arn"],
        "services": [endpoint],
        "logConfiguration": {"logDriver": "awslogs", "options": options},
    }


def test_lives_in_a_mesh(converge: Converge, place: dict[str, Any], meshed: dict[str, Any]) -> None:
    converge.lives([service(place, serviceConnectConfiguration=meshed)])


MESH_DRIFTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "off": lambda _: {"enabled": False},
    "client": lambda one: {**one, "services": []},
    "logged": lambda one: {**one, "accessLogConfiguration": {"format": "JSON"}},
    "silent": lambda one: {name: value for name, value in one.items() if name != "logConfiguration"},
    "slow": lambda one: {**one, "services": [{**one["services"][0], "timeout": {"perRequestTimeoutSeconds": 60}}]},
    "other name": lambda one: {**one, "services": [{**one["services"][0], "discoveryName": "other"}]},
    "other port": lambda one: {**one, "services": [{**one["services"][0], "ingressPortOverride": 1}]},
}


@pytest.mark.parametrize("name", sorted(MESH_DRIFTS))
def test_mends_the_mesh(
    converge: Converge, client: Client, place: dict[str, Any], meshed: dict[str, Any], name: str
) -> None:
    def change(_run: object) -> None:
        other = MESH_DRIFTS[name](meshed)
        client("ecs").update_service(cluster=place["cluster"], service="web", serviceConnectConfiguration=other)

    wanted = [service(place, serviceConnectConfiguration=meshed)]
    converge.mends(wanted, change, {KEY: {"serviceConnectConfiguration"}})


def test_leaves_the_mesh(converge: Converge, place: dict[str, Any], meshed: dict[str, Any]) -> None:
    """What never took part and what takes no part any more are told alike."""
    off = [service(place, serviceConnectConfiguration={"enabled": False})]
    converge.lives(off)
    converge([service(place, serviceConnectConfiguration=meshed)])
    assert converge(off).changed == {KEY: {"serviceConnectConfiguration"}}
    assert converge(off).changed == {}
