from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import REGION, Converge

APPLICATION, GROUP = "codedeploy_application.main", "codedeploy_deployment_group.main"
Client = Callable[[str], Any]
TRUST = {"Effect": "Allow", "Principal": {"Service": "codedeploy.amazonaws.com"}, "Action": "sts:AssumeRole"}


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud instead of moto, which cannot delete what is CodeDeploy's."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def resources(client: Client) -> list[dict[str, Any]]:
    """Return an application and its group, for an ECS service of CodeDeploy's between two target groups."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    subnets, security_group, vpc = network(client("ec2"), name)
    groups, listener = balanced(client("elbv2"), name, vpc, subnets)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    role = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    serve(client("ecs"), name, groups[0], {"subnets": subnets, "securityGroups": [security_group]})
    application = {"applicationName": name, "computePlatform": "ECS"}
    pair = {
        "targetGroups": [{"name": f"{name}-blue"}, {"name": f"{name}-green"}],
        "prodTrafficRoute": {"listenerArns": [listener]},
    }
    waits = {
        "terminateBlueInstancesOnDeploymentSuccess": {"action": "TERMINATE", "terminationWaitTimeInMinutes": 5},
        "deploymentReadyOption": {"actionOnTimeout": "CONTINUE_DEPLOYMENT"},
    }
    group = {
        "applicationName": name,
        "deploymentGroupName": name,
        "serviceRoleArn": role,
        "deploymentStyle": {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
        "ecsServices": [{"clusterName": name, "serviceName": name}],
        "loadBalancerInfo": {"targetGroupPairInfoList": [pair]},
        "autoRollbackConfiguration": {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]},
    }
    return [
        {"type": "codedeploy_application", "name": "main", "properties": application},
        {
            "type": "codedeploy_deployment_group",
            "name": "main",
            "depends_on": [APPLICATION],
            "properties": group,
            "initial": {"blueGreenDeploymentConfiguration": waits},
        },
    ]


def network(ec2: Any, name: str) -> tuple[list[str], str, str]:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{zone}.0/24", AvailabilityZone=f"{REGION}{'ab'[zone]}")
        for zone in range(2)
    ]
    group = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
    return [one["Subnet"]["SubnetId"] for one in made], group, vpc


def balanced(elbv2: Any, name: str, vpc: str, subnets: list[str]) -> tuple[list[str], str]:
    groups = [
        elbv2.create_target_group(Name=f"{name}-{colour}", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
        for colour in ("blue", "green")
    ]
    arns = [group["TargetGroups"][0]["TargetGroupArn"] for group in groups]
    balancer = elbv2.create_load_balancer(Name=name, Subnets=subnets, Scheme="internal")["LoadBalancers"][0]
    forward = {"Type": "forward", "TargetGroupArn": arns[0]}
    listener = elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[forward]
    )
    return arns, listener["Listeners"][0]["ListenerArn"]


def serve(ecs: Any, name: str, group: str, network: dict[str, Any]) -> None:
    ecs.create_cluster(clusterName=name, capacityProviders=["FARGATE"])
    container = {"name": "web", "image": "web:1", "portMappings": [{"containerPort": 8080}]}
    ecs.register_task_definition(
        family=name,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[container],
    )
    ecs.create_service(
        cluster=name,
        serviceName=name,
        taskDefinition=name,
        desiredCount=0,
        launchType="FARGATE",
        deploymentController={"type": "CODE_DEPLOY"},
        networkConfiguration={"awsvpcConfiguration": network},
        loadBalancers=[{"targetGroupArn": group, "containerName": "web", "containerPort": 8080}],
    )


def test_lives(converge: Converge, resources: list[dict[str, Any]]) -> None:
    converge.lives(resources)


def test_mends_what_is_the_platforms_and_leaves_the_waits_to_releases(
    converge: Converge, client: Client, resources: list[dict[str, Any]]
) -> None:
    name = resources[0]["properties"]["applicationName"]

    def drift(_run: object) -> None:
        never = {"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": 7}
        ends = {"action": "TERMINATE", "terminationWaitTimeInMinutes": 9}
        client("codedeploy").update_deployment_group(
            applicationName=name,
            currentDeploymentGroupName=name,
            autoRollbackConfiguration={"enabled": False},
            blueGreenDeploymentConfiguration={
                "deploymentReadyOption": never,
                "terminateBlueInstancesOnDeploymentSuccess": ends,
            },
        )

    converge.mends(resources, drift, {GROUP: {"autoRollbackConfiguration"}})


@pytest.mark.parametrize(("key", "kind"), [(APPLICATION, "application"), (GROUP, "deploymentgroup")])
def test_mends_tags(converge: Converge, client: Client, resources: list[dict[str, Any]], key: str, kind: str) -> None:
    name = resources[0]["properties"]["applicationName"]
    suffix = name if kind == "application" else f"{name}/{name}"
    arn = f"arn:aws:codedeploy:{REGION}:123456789012:{kind}:{suffix}"

    def drift(_run: object) -> None:
        client("codedeploy").tag_resource(ResourceArn=arn, Tags=[{"Key": "stray", "Value": "1"}])

    converge.mends(resources, drift, {key: {"Tags"}})
