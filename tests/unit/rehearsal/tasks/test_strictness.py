"""What ECS refuses, and that every field that is set is returned."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.rehearsal.tasks.conftest import Cloud

SECRET = {"name": "X", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/x"}
LOG = {"logDriver": "awslogs", "options": {"awslogs-group": "/shop", "awslogs-region": "us-east-1"}}


@pytest.mark.parametrize(
    ("task", "container", "message"),
    [
        (
            {"cpu": "256", "memory": "4096"},
            {},
            "No Fargate configuration exists for given values: 256 CPU, 4096",
        ),
        ({"cpu": "300"}, {}, "No Fargate configuration exists for given values: 300 CPU"),
        ({"memory": None}, {"memory": 512}, "Fargate requires that 'memory' be defined at the task level"),
        ({"networkMode": "bridge"}, {}, "Fargate only supports network mode"),
        ({"executionRoleArn": None}, {}, "execution role ARN to support ECR images"),
        ({"executionRoleArn": None}, {"image": "x"}, "execution role ARN to support log driver awslogs"),
        ({"executionRoleArn": "arn:aws:iam::123456789012:role/none"}, {}, "Role is not valid"),
        ({"taskRoleArn": "arn:aws:iam::123456789012:role/none"}, {}, "Role is not valid"),
        ({"ephemeralStorage": {"sizeInGiB": 500}}, {}, "Ephemeral storage is 500 GiB"),
        ({}, {"portMappings": [{"containerPort": 80, "hostPort": 81}]}, "host ports and container ports"),
        ({}, {"memory": 1024}, "greater than that of the task"),
        ({}, {"stopTimeout": 121}, "'stopTimeout' must be at most 120"),
        ({}, {"privileged": True}, "not supported on Fargate: privileged"),
        ({}, {"linuxParameters": {"tmpfs": [{"containerPath": "/t", "size": 1}]}}, "not supported on Fargate: tmpfs"),
        ({}, {"linuxParameters": {"capabilities": {"add": ["NET_ADMIN"]}}}, "not supported on Fargate: NET_ADMIN"),
        ({}, {"mountPoints": [{"sourceVolume": "none", "containerPath": "/x"}]}, "Unknown volume 'none'"),
        ({}, {"dependsOn": [{"containerName": "none", "condition": "START"}]}, "depends on 'none'"),
        ({}, {"essential": False}, "at least one essential container"),
        ({}, {"logConfiguration": LOG}, "requires options: awslogs-stream-prefix"),
        ({}, {"environment": [{"name": "X", "value": "1"}], "secrets": [SECRET]}, "must be unique .*: X"),
    ],
)
def test_a_definition_is_refused(cloud: Cloud, task: dict[str, Any], container: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        cloud.register(cloud.container(**container), **task)


def test_every_field_of_a_definition_is_returned(cloud: Cloud) -> None:
    container = cloud.container(
        readonlyRootFilesystem=True,
        user="10001:10001",
        linuxParameters={"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
        healthCheck={"command": ["CMD", "true"], "interval": 10, "timeout": 5, "retries": 3, "startPeriod": 1},
        mountPoints=[{"sourceVolume": "scratch", "containerPath": "/tmp", "readOnly": False}],  # noqa: S108  of a container
        secrets=[SECRET],
        ulimits=[{"name": "nofile", "softLimit": 1024, "hardLimit": 4096}],
        portMappings=[{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp", "name": "http"}],
        cpu=128,
        memory=256,
    )
    fields: dict[str, Any] = {
        "volumes": [{"name": "scratch", "host": {}}],
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        "ephemeralStorage": {"sizeInGiB": 30},
        "taskRoleArn": cloud.role,
        "enableFaultInjection": True,
    }
    arn = cloud.register(container, **fields)
    shown = cloud.ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    assert {name: shown.get(name) for name in fields} == fields
    assert {name: shown["containerDefinitions"][0].get(name) for name in container} == container


def test_registering_again_is_a_new_revision(cloud: Cloud) -> None:
    first, second = cloud.register(family="again"), cloud.register(family="again")
    assert (first.rsplit(":", 1)[-1], second.rsplit(":", 1)[-1]) == ("1", "2")
    latest = cloud.ecs.describe_task_definition(taskDefinition="again")["taskDefinition"]["taskDefinitionArn"]
    assert latest == second


FIELDS: dict[str, Any] = {
    "healthCheckGracePeriodSeconds": 33,
    "enableExecuteCommand": True,
    "enableECSManagedTags": True,
    "propagateTags": "SERVICE",
    "platformVersion": "1.4.0",
    "availabilityZoneRebalancing": "DISABLED",
    "deploymentConfiguration": {
        "minimumHealthyPercent": 50,
        "maximumPercent": 150,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "alarms": {"alarmNames": ["a"], "enable": False, "rollback": False},
        "strategy": "ROLLING",
        "bakeTimeInMinutes": 0,
    },
}


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_of_a_service_is_returned(cloud: Cloud, name: str) -> None:
    cluster, definition = cloud.cluster(), cloud.register()
    cloud.create_service(cluster, definition, "created", desiredCount=0, **{name: FIELDS[name]})
    assert cloud.service(cluster, "created")[name] == FIELDS[name]
    cloud.create_service(cluster, definition, "updated", desiredCount=0)
    cloud.ecs.update_service(cluster=cluster, service="updated", **{name: FIELDS[name]})
    assert cloud.service(cluster, "updated")[name] == FIELDS[name]


def test_network_and_capacity_of_a_service_are_returned(cloud: Cloud) -> None:
    cluster = cloud.cluster()
    providers = ["FARGATE", "FARGATE_SPOT"]
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    cloud.ecs.put_cluster_capacity_providers(
        cluster=cluster, capacityProviders=providers, defaultCapacityProviderStrategy=strategy
    )
    made = cloud.create_service(cluster, cloud.register(), desiredCount=0, launchType=None)
    assert made["capacityProviderStrategy"] == strategy
    assert "launchType" not in made
    assert made["networkConfiguration"] == cloud.network(subnets=[cloud.open, cloud.other])
    closed = cloud.network(subnets=[cloud.closed], public=False)
    before = cloud.service(cluster, "web")["deployments"][0]["id"]
    cloud.ecs.update_service(cluster=cluster, service="web", networkConfiguration=closed)
    after = cloud.service(cluster, "web")
    assert after["networkConfiguration"] == closed
    assert after["deployments"][0]["id"] != before


def test_a_cluster_without_capacity_providers_has_none(cloud: Cloud) -> None:
    found = cloud.ecs.describe_clusters(clusters=[cloud.cluster()])["clusters"][0]
    assert (found["capacityProviders"], found["defaultCapacityProviderStrategy"]) == ([], [])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"networkConfiguration": None}, "Network Configuration must be provided"),
        ({"taskDefinition": "none"}, "Unable to describe task definition"),
        ({"capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]}, "both a launch type and capacity provider"),
        (
            {"launchType": None, "capacityProviderStrategy": [{"capacityProvider": "none"}]},
            "The specified capacity provider 'none' was not found",
        ),
        ({"loadBalancers": None, "healthCheckGracePeriodSeconds": 5}, "Health check grace period is only valid"),
        (
            {"deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 100}},
            "cannot be 100 as this will block deployments",
        ),
        (
            {
                "deploymentConfiguration": {"minimumHealthyPercent": 0, "maximumPercent": 100},
                "availabilityZoneRebalancing": "ENABLED",
            },
            "AvailabilityZoneRebalancing does not support maximumPercent <= 100",
        ),
        ({"schedulingStrategy": "DAEMON"}, "daemon scheduling strategy is not supported"),
    ],
)
def test_a_service_is_refused(cloud: Cloud, settings: dict[str, Any], message: str) -> None:
    definition = settings.get("taskDefinition") or cloud.register()
    rest = {name: value for name, value in settings.items() if name != "taskDefinition"}
    with pytest.raises(ClientError, match=message):
        cloud.create_service(cloud.cluster(), definition, desiredCount=0, **rest)


def test_tasks_are_moved_between_zones_only_where_one_more_may_run(cloud: Cloud) -> None:
    cluster, definition = cloud.cluster(), cloud.register()
    tight = {"minimumHealthyPercent": 0, "maximumPercent": 100}
    made = cloud.create_service(cluster, definition, "tight", desiredCount=0, deploymentConfiguration=tight)
    assert made["availabilityZoneRebalancing"] == "DISABLED"
    made = cloud.create_service(cluster, definition, "wide", desiredCount=0)
    assert made["availabilityZoneRebalancing"] == "ENABLED"
    with pytest.raises(ClientError, match="does not support maximumPercent <= 100"):
        cloud.ecs.update_service(cluster=cluster, service="wide", deploymentConfiguration=tight)


def test_target_groups_are_checked(cloud: Cloud) -> None:
    cluster, definition = cloud.cluster(), cloud.register()
    loose, instances = cloud.new_target_group("loose"), cloud.new_target_group("instances", "instance")
    good = {"targetGroupArn": cloud.target_group, "containerName": "web", "containerPort": 8080}
    for change, message in (
        ({"targetGroupArn": loose}, "does not have an associated load balancer"),
        ({"targetGroupArn": instances}, "has target type instance"),
        ({"targetGroupArn": loose.replace("loose", "none")}, "Unable to find target group"),
        ({"containerPort": 81}, "did not have a container port 81 defined"),
        ({"containerName": "none"}, "did not have a container port 8080 defined"),
    ):
        with pytest.raises(ClientError, match=message):
            cloud.create_service(cluster, definition, desiredCount=0, loadBalancers=[{**good, **change}])


def test_a_service_is_made_once_and_deleted_when_empty(cloud: Cloud) -> None:
    cluster, definition = cloud.cluster(), cloud.register()
    cloud.create_service(cluster, definition)
    with pytest.raises(ClientError, match="Creation of service was not idempotent"):
        cloud.create_service(cluster, definition)
    with pytest.raises(ClientError, match="cannot be stopped while it is scaled above 0"):
        cloud.ecs.delete_service(cluster=cluster, service="web")
    with pytest.raises(ClientError, match="ClusterContainsServicesException"):
        cloud.ecs.delete_cluster(cluster=cluster)
    cloud.ecs.delete_service(cluster=cluster, service="web", force=True)
    cloud.until_service(cluster, "web", lambda service: service["status"] == "INACTIVE")
    with pytest.raises(ClientError, match="ServiceNotFoundException"):
        cloud.ecs.update_service(cluster=cluster, service="web", desiredCount=1)


def test_an_inactive_definition_is_refused(cloud: Cloud) -> None:
    definition = cloud.register()
    cloud.ecs.deregister_task_definition(taskDefinition=definition)
    with pytest.raises(ClientError, match="TaskDefinition is inactive"):
        cloud.create_service(cloud.cluster(), definition)
    with pytest.raises(ClientError, match="TaskDefinition is inactive"):
        cloud.run(definition)


def test_tags_of_everything(cloud: Cloud) -> None:
    cluster = cloud.cluster()
    tags = [{"key": "owner", "value": "team"}]
    definition = cloud.register(tags=tags)
    service = cloud.create_service(cluster, definition, desiredCount=0, tags=tags)
    arn = cloud.ecs.describe_clusters(clusters=[cluster])["clusters"][0]["clusterArn"]
    cloud.ecs.tag_resource(resourceArn=arn, tags=tags)
    for resource in (arn, definition, service["serviceArn"]):
        assert cloud.ecs.list_tags_for_resource(resourceArn=resource)["tags"] == tags
        cloud.ecs.untag_resource(resourceArn=resource, tagKeys=["owner"])
        assert cloud.ecs.list_tags_for_resource(resourceArn=resource)["tags"] == []


def test_families_are_those_of_the_status_that_is_asked_for(cloud: Cloud) -> None:
    arns = [cloud.register(cloud.container(), family=name) for name in ("shop-once", "shop-gone")]
    cloud.ecs.deregister_task_definition(taskDefinition=arns[1])
    listed = {
        status: cloud.ecs.list_task_definition_families(familyPrefix="shop-", status=status)["families"]
        for status in ("ACTIVE", "INACTIVE", "ALL")
    }
    assert listed == {"ACTIVE": ["shop-once"], "INACTIVE": ["shop-gone"], "ALL": ["shop-once", "shop-gone"]}
