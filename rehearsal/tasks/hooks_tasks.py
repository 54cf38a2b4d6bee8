"""ECS tasks, tags and clusters' counts, as AWS has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before, operation
from rehearsal.tasks.hooks_services import cluster_arn, mover_of
from rehearsal.tasks.model import Task
from rehearsal.tasks.shown import task_dict


@operation("ecs", "RunTask")
def run_task(call: Call) -> dict[str, Any]:
    """Run tasks once."""
    mover, params = mover_of(call), call.params
    network = params.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if not network:
        raise Refused(
            "InvalidParameterException",
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        )
    definition = mover.definition(call.region, params["taskDefinition"])
    request = {"securityGroups": [], **network, **params, "loadBalancers": []}
    group = params.get("group", f"family:{definition['family']}")
    with mover.lock:
        tasks = [
            mover.run(call.region, cluster_arn(call), definition, request, group) for _ in range(params.get("count", 1))
        ]
        return {"tasks": [task_dict(task) for task in tasks], "failures": []}


def _find(call: Call, name: str) -> Task | None:
    cluster, suffix = cluster_arn(call), name.rsplit("/", 1)[-1]
    return next((t for t in mover_of(call).tasks.values() if t.id == suffix and t.cluster_arn == cluster), None)


@operation("ecs", "DescribeTasks")
def describe_tasks(call: Call) -> dict[str, Any]:
    """Describe tasks, stopped ones for an hour."""
    with mover_of(call).lock:
        found = {name: _find(call, name) for name in call.params["tasks"]}
        missing = [{"arn": name, "reason": "MISSING"} for name, task in found.items() if task is None]
        return {"tasks": [task_dict(task) for task in found.values() if task], "failures": missing}


@operation("ecs", "ListTasks")
def list_tasks(call: Call) -> dict[str, Any]:
    """List tasks by service, family, starter and wanted status."""
    cluster, params = cluster_arn(call), call.params
    tasks = [task for task in mover_of(call).tasks.values() if task.cluster_arn == cluster]
    wanted = params.get("desiredStatus", "RUNNING")
    tests: dict[str, Callable[[Task], bool]] = {
        "serviceName": lambda task: task.group == f"service:{params['serviceName'].rsplit('/', 1)[-1]}",
        "family": lambda task: bool(task.definition["family"] == params["family"]),
        "startedBy": lambda task: bool(task.request.get("startedBy") == params["startedBy"]),
    }
    asked = [test for name, test in tests.items() if name in params]
    tasks = [task for task in tasks if task.desired == wanted and all(test(task) for test in asked)]
    return {"taskArns": [task.arn for task in tasks]}


@operation("ecs", "StopTask")
def stop_task(call: Call) -> dict[str, Any]:
    """Stop a task."""
    with mover_of(call).lock:
        task = _find(call, call.params["task"])
        if task is None:
            raise Refused("InvalidParameterException", "The referenced task was not found.")
        task.ask_to_stop("UserInitiated", call.params.get("reason", "Task stopped by user"))
        return {"task": task_dict(task)}


@before("ecs", "RegisterTaskDefinition")
def check_definition(call: Call) -> None:
    """Refuse sizes that Fargate does not have, and roles that do not exist."""
    params = call.params
    if "FARGATE" not in params.get("requiresCompatibilities", []):
        return
    cpu, memory = _units(params.get("cpu")), _units(params.get("memory"))
    if memory not in FARGATE.get(cpu, ()):
        raise Refused("ClientException", "No Fargate configuration exists for given values.")
    known = {role.arn for role in call.backend("iam").roles.values()}
    for name in ("taskRoleArn", "executionRoleArn"):
        if name in params and params[name] not in known:
            raise Refused("ClientException", f"Role is not valid: {params[name]}")
    for container in params["containerDefinitions"]:
        needs = (
            ".dkr.ecr." in container.get("image", "") or container.get("logConfiguration") or container.get("secrets")
        )
        if needs and "executionRoleArn" not in params:
            raise Refused(
                "ClientException",
                "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
            )


def _units(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


_GIB = 1024
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
FARGATE = {
    256: (512, _GIB, 2 * _GIB),
    512: tuple(size * _GIB for size in range(1, 5)),
    1024: tuple(size * _GIB for size in range(2, 9)),
    2048: tuple(size * _GIB for size in range(4, 17)),
    4096: tuple(size * _GIB for size in range(8, 31)),
    8192: tuple(size * _GIB for size in range(16, 61, 4)),
    16384: tuple(size * _GIB for size in range(32, 121, 8)),
}


@after("ecs", "RegisterTaskDefinition")
def keep_definition(call: Call, response: dict[str, Any]) -> None:
    """Keep every field as it was registered."""
    described = response["taskDefinition"]
    fields = {key: value for key, value in call.params.items() if key not in {"tags", "containerDefinitions"}}
    containers = [
        {**shown, **given}
        for shown, given in zip(described["containerDefinitions"], call.params["containerDefinitions"], strict=True)
    ]
    kept = {**fields, "containerDefinitions": containers}
    call.world.kept("ecs.definitions")[described["taskDefinitionArn"]] = kept
    described.update(kept)


@after("ecs", "DescribeTaskDefinition")
def show_definition(call: Call, response: dict[str, Any]) -> None:
    """Return every field as it was registered."""
    described = response["taskDefinition"]
    described.update(call.world.kept("ecs.definitions").get(described["taskDefinitionArn"], {}))


@operation("ecs", "UpdateClusterSettings")
def update_cluster_settings(call: Call) -> dict[str, Any]:
    """Change a cluster's settings."""
    cluster = call.backend().clusters[cluster_arn(call).rsplit("/", 1)[-1]]
    given = {entry["name"]: entry for entry in call.params["settings"]}
    kept = {entry["name"]: entry for entry in cluster.settings or []}
    cluster.settings = list({**kept, **given}.values())
    return {"cluster": cluster.response_object}


@after("ecs", "DescribeClusters")
def count(call: Call, response: dict[str, Any]) -> None:
    """Return the counts of what really runs."""
    mover = mover_of(call)
    for cluster in response.get("clusters", []):
        own = [task for task in mover.tasks.values() if task.cluster_arn == cluster["clusterArn"]]
        services = [service for service in mover.services.values() if service.cluster_arn == cluster["clusterArn"]]
        cluster["runningTasksCount"] = sum(task.status == "RUNNING" for task in own)
        cluster["pendingTasksCount"] = sum(task.status in {"PROVISIONING", "PENDING"} for task in own)
        cluster["activeServicesCount"] = sum(service.status == "ACTIVE" for service in services)


@before("ecs", "DeleteCluster")
def check_empty(call: Call) -> None:
    """Refuse to delete a cluster that still has services or tasks."""
    mover, arn = mover_of(call), cluster_arn(call)
    if any(s.cluster_arn == arn and s.status != "INACTIVE" for s in mover.services.values()):
        raise Refused("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
    if any(task.cluster_arn == arn and task.alive for task in mover.tasks.values()):
        raise Refused("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
