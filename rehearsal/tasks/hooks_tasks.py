"""ECS tasks, tags and clusters' counts, as AWS has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before, operation
from rehearsal.tasks.hooks_services import active_definition, check_network, cluster_arn, mover_of
from rehearsal.tasks.model import Task
from rehearsal.tasks.shown import task_dict

MOST_STARTED = 10


@operation("ecs", "RunTask")
def run_task(call: Call) -> dict[str, Any]:
    """Run tasks once."""
    mover, params = mover_of(call), call.params
    check_network(call)
    network = params["networkConfiguration"]["awsvpcConfiguration"]
    definition = mover.definition(call.region, active_definition(call, params["taskDefinition"]))
    if not 1 <= params.get("count", 1) <= MOST_STARTED:
        raise Refused("InvalidParameterException", f"Task count must be between 1 and {MOST_STARTED}.")
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


@after("ecs", "DescribeClusters")
def show_no_providers(_call: Call, response: dict[str, Any]) -> None:
    """Show that a cluster has no capacity providers; moto leaves them out."""
    for cluster in response.get("clusters", []):
        for name in ("capacityProviders", "defaultCapacityProviderStrategy"):
            cluster.setdefault(name, [])


@before("ecs", "DeleteCluster")
def check_empty(call: Call) -> None:
    """Refuse to delete a cluster that still has services or tasks."""
    mover, arn = mover_of(call), cluster_arn(call)
    if any(s.cluster_arn == arn and s.status != "INACTIVE" for s in mover.services.values()):
        raise Refused("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
    if any(task.cluster_arn == arn and task.alive for task in mover.tasks.values()):
        raise Refused("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
