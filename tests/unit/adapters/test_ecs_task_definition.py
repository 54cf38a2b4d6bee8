from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adapters._containers import as_declared, complete
from tests.unit.adapters.converging import TAGS, Converge

KEY = "ecs_task_definition.web"
CONTAINER: dict[str, Any] = {
    "name": "web",
    "image": "repository@sha256:0123",
    "essential": True,
    "user": "10001",
    "readonlyRootFilesystem": True,
    "portMappings": [{"containerPort": 8080}],
    "environment": [{"name": "PORT", "value": "8080"}, {"name": "HOST", "value": "0.0.0.0"}],  # noqa: S104  a container listens on all of its addresses
    "secrets": [{"name": "TOKEN", "valueFrom": "arn:aws:secretsmanager:us-east-1:1:secret:token"}],
    "mountPoints": [{"sourceVolume": "tmp", "containerPath": "/tmp"}],  # noqa: S108  inside of the container
    "linuxParameters": {"initProcessEnabled": True},
    "stopTimeout": 60,
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "web", "awslogs-region": "us-east-1"}},
    "healthCheck": {"command": ["CMD", "true"]},
}
PROPERTIES: dict[str, Any] = {
    "family": "web",
    "taskRoleArn": "arn:aws:iam::1:role/task",
    "executionRoleArn": "arn:aws:iam::1:role/execution",
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "256",
    "memory": "512",
    "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
    "volumes": [{"name": "tmp"}],
    "containerDefinitions": [CONTAINER],
}


def definition(container: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    containers = [{**CONTAINER, **(container or {})}]
    return {
        "type": "ecs_task_definition",
        "name": "web",
        "properties": {**PROPERTIES, "containerDefinitions": containers, **properties},
    }


def test_lives(converge: Converge) -> None:
    converge.lives([definition()])


DRIFTS: list[tuple[str, dict[str, Any]]] = [
    ("taskRoleArn", {"taskRoleArn": "arn:aws:iam::1:role/other"}),
    ("executionRoleArn", {"executionRoleArn": "arn:aws:iam::1:role/other"}),
    ("networkMode requiresCompatibilities", {"networkMode": "host", "requiresCompatibilities": ["EC2"]}),
    ("cpu", {"cpu": "512"}),
    ("memory", {"memory": "1024"}),
    ("volumes", {"volumes": []}),
    ("volumes", {"volumes": [{"name": "tmp", "host": {"sourcePath": "/"}}]}),
    ("runtimePlatform", {"runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}}),
    ("pidMode", {"pidMode": "task"}),
    ("ephemeralStorage", {"ephemeralStorage": {"sizeInGiB": 50}}),
    ("placementConstraints", {"placementConstraints": [{"type": "memberOf", "expression": "x"}]}),
]
CONTAINER_DRIFTS: list[dict[str, Any]] = [
    {"image": "repository@sha256:4567"},
    {"user": "0"},
    {"readonlyRootFilesystem": False},
    {"privileged": True},
    {"essential": True, "command": ["other"]},
    {"portMappings": [{"containerPort": 9090}]},
    {"environment": [{"name": "PORT", "value": "8080"}]},
    {"secrets": []},
    {"mountPoints": [{"sourceVolume": "tmp", "containerPath": "/tmp", "readOnly": True}]},  # noqa: S108  inside of the container
    {"linuxParameters": {"initProcessEnabled": False}},
    {"stopTimeout": 30},
    {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "other"}}},
    {"healthCheck": {"command": ["CMD", "true"], "retries": 9}},
    {"dockerLabels": {"foreign": "x"}},
    {"ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 1}]},
]


def register(client: Callable[[str], Any], entry: dict[str, Any]) -> None:
    tags = [{"key": key, "value": value} for key, value in TAGS.items()]
    client("ecs").register_task_definition(**entry["properties"], tags=tags)


@pytest.mark.parametrize(("changed", "properties"), DRIFTS)
def test_registers_anew_what_differs(
    converge: Converge, client: Callable[[str], Any], changed: str, properties: dict[str, Any]
) -> None:
    converge.mends([definition()], lambda _: register(client, definition(**properties)), {KEY: set(changed.split())})


@pytest.mark.parametrize("container", CONTAINER_DRIFTS, ids=lambda drift: next(reversed(drift)))
def test_registers_anew_when_a_container_differs(
    converge: Converge, client: Callable[[str], Any], container: dict[str, Any]
) -> None:
    converge.mends([definition()], lambda _: register(client, definition(container)), {KEY: {"containerDefinitions"}})


def test_names_only_what_differs_in_a_container(converge: Converge, client: Callable[[str], Any]) -> None:
    converge([definition()])
    register(client, definition({"user": "0"}))
    outcome = converge([definition()], check=True).outcomes[KEY]
    before, after = outcome.before["containerDefinitions"][0], outcome.after["containerDefinitions"][0]
    assert {name for name in {*before, *after} if before.get(name) != after.get(name)} == {"user"}


def test_a_second_container_is_a_difference(converge: Converge, client: Callable[[str], Any]) -> None:
    sidecar = {"name": "sidecar", "image": "other", "memory": 64}
    more = definition(containerDefinitions=[CONTAINER, sidecar])
    converge.mends([definition()], lambda _: register(client, more), {KEY: {"containerDefinitions"}})


def test_mends_tags_without_a_new_revision(converge: Converge, client: Callable[[str], Any]) -> None:
    first = converge([definition()]).state(KEY)["taskDefinitionArn"]
    client("ecs").untag_resource(resourceArn=first, tagKeys=["project"])
    run = converge([definition()])
    assert run.changed == {KEY: {"Tags"}}
    assert run.state(KEY)["taskDefinitionArn"] == first


def test_compares_with_a_given_revision(converge: Converge, client: Callable[[str], Any]) -> None:
    first = converge([definition()]).state(KEY)["taskDefinitionArn"]
    register(client, definition(cpu="512", memory="1024"))
    assert converge([definition(revision=first)], check=True).changed == {}


def test_leaves_families_with_a_longer_name_alone(converge: Converge, client: Callable[[str], Any]) -> None:
    converge([definition()])
    client("ecs").register_task_definition(**{**PROPERTIES, "family": "web-admin"})
    converge([definition()], absent=True)
    assert client("ecs").list_task_definitions(familyPrefix="web-admin")["taskDefinitionArns"]


#: A definition as AWS returns it after CONTAINER was registered, with what AWS adds.
#: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html
RETURNED: dict[str, Any] = {
    **copy.deepcopy(CONTAINER),
    "cpu": 0,
    "links": [],
    "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}],
    "environment": list(reversed(CONTAINER["environment"])),
    "mountPoints": [{"sourceVolume": "tmp", "containerPath": "/tmp", "readOnly": False}],  # noqa: S108  inside of the container
    "linuxParameters": {"initProcessEnabled": True, "devices": [], "tmpfs": []},
    "volumesFrom": [],
    "systemControls": [],
    "logConfiguration": {**CONTAINER["logConfiguration"], "secretOptions": []},
    "healthCheck": {"command": ["CMD", "true"], "interval": 30, "timeout": 5, "retries": 3},
}


def test_what_aws_adds_is_no_difference() -> None:
    assert complete(RETURNED) == complete(CONTAINER)
    assert as_declared(CONTAINER, RETURNED) == CONTAINER


def test_the_order_of_a_command_is_a_difference() -> None:
    assert complete({"name": "a", "command": ["x", "y"]}) != complete({"name": "a", "command": ["y", "x"]})
