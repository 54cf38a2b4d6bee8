"""CodeDeploy's deployments and their targets as its API describes them."""

from __future__ import annotations

from typing import Any

from rehearsal.codedeploy import tasksets
from rehearsal.codedeploy.model import TERMINATION, Deployment, Event
from rehearsal.deployments.steps import WHOLE
from rehearsal.deployments.traffic import TrafficError
from rehearsal.tasks.model import Deployment as TaskSet
from rehearsal.tasks.model import Task
from rehearsal.tasks.shown import counts, task_set_status, when
from rehearsal.world import World

OVERVIEW = ("Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Ready")
#: Status of a deployment to that of its one target.
TARGETS = {"Created": "Pending", "Queued": "Pending", "Stopped": "Skipped"}


def deployment_dict(one: Deployment) -> dict[str, Any]:
    """Return a deployment as GetDeployment does."""
    group = one.group
    status = TARGETS.get(one.status, one.status)
    shown: dict[str, Any] = {
        "applicationName": group["applicationName"],
        "deploymentGroupName": group["deploymentGroupName"],
        "deploymentConfigName": group["deploymentConfigName"],
        "deploymentId": one.id,
        "revision": one.revision,
        "status": one.status,
        "createTime": when(one.created_at),
        "startTime": when(one.started_at),
        "completeTime": when(one.completed_at),
        "deploymentOverview": {name: int(name == status) for name in OVERVIEW},
        "description": one.request.get("description"),
        "creator": one.creator,
        "ignoreApplicationStopFailures": False,
        "autoRollbackConfiguration": group.get("autoRollbackConfiguration"),
        "updateOutdatedInstancesOnly": False,
        "deploymentStyle": group["deploymentStyle"],
        "instanceTerminationWaitTimeStarted": one.phase == TERMINATION,
        "blueGreenDeploymentConfiguration": group["blueGreenDeploymentConfiguration"],
        "loadBalancerInfo": group["loadBalancerInfo"],
        "computePlatform": "ECS",
        "overrideAlarmConfiguration": one.request.get("overrideAlarmConfiguration"),
        "rollbackInfo": _rollback(one),
        "errorInformation": {"code": one.error[0], "message": one.error[1]} if one.error and one.error[0] else None,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _rollback(one: Deployment) -> dict[str, str] | None:
    if one.undoes:
        return {"rollbackTriggeringDeploymentId": one.undoes.id}
    if one.undone_by:
        return {"rollbackDeploymentId": one.undone_by, "rollbackMessage": f"Rolled back by {one.undone_by}."}
    return None


def target_id(one: Deployment) -> str:
    """Return the id of a deployment's one target: cluster and service."""
    return f"{one.service.cluster_arn.rsplit('/', 1)[-1]}:{one.service.name}"


def target_dict(world: World, one: Deployment, tasks: list[Task]) -> dict[str, Any]:
    """Return the target of a deployment as GetDeploymentTarget does."""
    ended = [event.ended_at or event.started_at for event in one.events if event.started_at]
    shown: dict[str, Any] = {
        "deploymentId": one.id,
        "targetId": target_id(one),
        "targetArn": one.service.arn,
        "lastUpdatedAt": when(max(filter(None, ended), default=one.created_at)),
        "lifecycleEvents": [_event(event) for event in one.events],
        "status": TARGETS.get(one.status, one.status),
        "taskSetsInfo": _task_sets(world, one, tasks),
    }
    return {"deploymentTargetType": "ECSTarget", "ecsTarget": shown}


def _event(event: Event) -> dict[str, Any]:
    times = {"startTime": when(event.started_at), "endTime": when(event.ended_at)}
    shown = {"lifecycleEventName": event.name, "status": event.status, **times}
    return {name: value for name, value in shown.items() if value is not None}


def _task_sets(world: World, one: Deployment, tasks: list[Task]) -> list[dict[str, Any]]:
    try:
        blue, green = tasksets.target_groups(world, one)
    except TrafficError:  # the names of groups that are gone lead nowhere
        return []
    names = {group.arn: group.name for group in world.backend("elbv2", one.region).target_groups.values()}
    production = one.undoes.production if one.undoes else one.production
    rows = [(one.blue, "Blue", WHOLE - production, blue), (one.green, "Green", production, green)]
    return [_task_set(task_set, label, weight, names[arn], tasks) for task_set, label, weight, arn in rows if task_set]


def _task_set(task_set: TaskSet, label: str, weight: float, group: str, tasks: list[Task]) -> dict[str, Any]:
    count = counts([task for task in tasks if task.deployment == task_set.id])
    return {
        "identifer": task_set.id,
        "desiredCount": task_set.desired,
        **count,
        "status": task_set_status(task_set),
        "trafficWeight": weight,
        "targetGroup": {"name": group},
        "taskSetLabel": label,
    }
