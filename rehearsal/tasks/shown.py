"""Tasks and services as the ECS API describes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rehearsal.tasks.model import CODE_DEPLOY, Container, Deployment, Service, Task

SERVICE_DEFAULTS: dict[str, Any] = {
    "schedulingStrategy": "REPLICA",
    "deploymentController": {"type": "ECS"},
    "platformFamily": "Linux",
    "enableECSManagedTags": False,
    "propagateTags": "NONE",
    "enableExecuteCommand": False,
    "availabilityZoneRebalancing": "ENABLED",
    "healthCheckGracePeriodSeconds": 0,
}
DEPLOYMENT_DEFAULTS: dict[str, Any] = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "strategy": "ROLLING",
    "bakeTimeInMinutes": 0,
}
#: What CreateService takes and DescribeServices does not show under the same name.
NOT_SHOWN = {
    *("cluster", "serviceName", "taskDefinition", "desiredCount", "tags", "clientToken", "service", "role"),
    "serviceConnectConfiguration",  # the deployments have it
}


def when(seconds: float | None) -> datetime | None:
    """Return a virtual time as a date."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def service_dict(service: Service, tasks: list[Task], *, with_tags: bool) -> dict[str, Any]:
    """Return a service as DescribeServices does."""
    shown = {key: value for key, value in service.settings.items() if key not in NOT_SHOWN}
    strategy, account = shown.get("capacityProviderStrategy"), service.arn.split(":")[4]
    return {
        **SERVICE_DEFAULTS,
        **({} if strategy else {"launchType": "FARGATE"}),
        "platformVersion": "LATEST",
        **shown,
        "serviceArn": service.arn,
        "serviceName": service.name,
        "clusterArn": service.cluster_arn,
        "status": service.status,
        "desiredCount": service.desired,
        **counts(tasks),
        "taskDefinition": service.primary.definition,
        "deploymentConfiguration": {**DEPLOYMENT_DEFAULTS, **shown.get("deploymentConfiguration", {})},
        **_revisions(service, tasks),
        "roleArn": f"arn:aws:iam::{account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "events": [{**event, "createdAt": when(event["createdAt"])} for event in service.events],
        "createdAt": when(service.created_at),
        "createdBy": f"arn:aws:iam::{account}:root",
        "placementConstraints": [],
        "placementStrategy": [],
        **({"tags": tag_list(service.tags)} if with_tags else {}),
    }


def _revisions(service: Service, tasks: list[Task]) -> dict[str, Any]:
    """Return what runs of a service: its deployments, or where CodeDeploy deploys its task sets."""
    if service.kind == CODE_DEPLOY:
        return {"deployments": [], "taskSets": [_task_set(service, item, tasks) for item in service.deployments]}
    return {
        "deployments": [_deployment(service, item, tasks) for item in service.deployments],
        "currentServiceDeployment": deployment_arn(service, service.primary),
        "currentServiceRevisions": [revision_summary(service, item, tasks) for item in service.deployments],
    }


def counts(tasks: list[Task]) -> dict[str, int]:
    """Return how many tasks run, and how many are on their way."""
    running = sum(task.steady for task in tasks)
    pending = sum(task.status in {"PROVISIONING", "PENDING", "ACTIVATING"} for task in tasks)
    return {"runningCount": running, "pendingCount": pending}


def _deployment(service: Service, deployment: Deployment, tasks: list[Task]) -> dict[str, Any]:
    own = [task for task in tasks if task.deployment == deployment.id]
    names = ("networkConfiguration", "capacityProviderStrategy", "launchType", "serviceConnectConfiguration")
    shown: dict[str, Any] = {name: deployment.settings[name] for name in names if name in deployment.settings}
    left = sum(task.desired == "RUNNING" for task in own)
    return {
        **shown,
        "id": deployment.id,
        "status": "PRIMARY" if deployment.primary else "ACTIVE",
        "taskDefinition": deployment.definition,
        "desiredCount": service.desired if deployment.primary else left,
        **counts(own),
        "failedTasks": deployment.failed,
        "createdAt": when(deployment.created_at),
        "updatedAt": when(deployment.updated_at),
        "rolloutState": deployment.state,
        "rolloutStateReason": deployment.reason or f"ECS deployment {deployment.id} in progress.",
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
    }


def _task_set(service: Service, task_set: Deployment, tasks: list[Task]) -> dict[str, Any]:
    own = [task for task in tasks if task.deployment == task_set.id]
    names = ("networkConfiguration", "capacityProviderStrategy", "launchType", "platformVersion")
    steady = counts(own) == {"runningCount": task_set.desired, "pendingCount": 0}
    return {
        **{name: task_set.settings[name] for name in names if name in task_set.settings},
        "id": task_set.id,
        "taskSetArn": f"{service.arn.replace(':service/', ':task-set/')}/{task_set.id}",
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "startedBy": CODE_DEPLOY,
        "status": task_set_status(task_set),
        "taskDefinition": task_set.definition,
        "computedDesiredCount": task_set.desired,
        **counts(own),
        "createdAt": when(task_set.created_at),
        "updatedAt": when(task_set.updated_at),
        "platformFamily": "Linux",
        "loadBalancers": task_set.balancers,
        "serviceRegistries": [],
        "scale": {"value": 100.0 if task_set.desired else 0.0, "unit": "PERCENT"},
        "stabilityStatus": "STEADY_STATE" if steady else "STABILIZING",
    }


def task_set_status(task_set: Deployment) -> str:
    """Return whether a task set serves, could serve, or ends."""
    return "PRIMARY" if task_set.primary else "ACTIVE" if task_set.desired else "DRAINING"


def deployment_arn(service: Service, deployment: Deployment) -> str:
    """Return the ARN of the service deployment."""
    return f"{service.arn.replace(':service/', ':service-deployment/')}/{deployment.number}"


def revision_arn(service: Service, deployment: Deployment) -> str:
    """Return the ARN of the service revision that a deployment brings."""
    return f"{service.arn.replace(':service/', ':service-revision/')}/{deployment.number}"


def revision_summary(service: Service, deployment: Deployment, tasks: list[Task]) -> dict[str, Any]:
    """Return a service revision with its counts, as services and deployments list it."""
    count = counts([task for task in tasks if task.deployment == deployment.id])
    return {
        "arn": revision_arn(service, deployment),
        "requestedTaskCount": deployment.desired,
        "runningTaskCount": count["runningCount"],
        "pendingTaskCount": count["pendingCount"],
    }


def task_dict(task: Task) -> dict[str, Any]:
    """Return a task as DescribeTasks does."""
    shown: dict[str, Any] = {
        "taskArn": task.arn,
        "clusterArn": task.cluster_arn,
        "taskDefinitionArn": task.definition["taskDefinitionArn"],
        "group": task.group,
        "startedBy": task.request.get("startedBy", ""),
        "lastStatus": task.status,
        "desiredStatus": task.desired,
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "cpu": str(task.definition.get("cpu", "")),
        "memory": str(task.definition.get("memory", "")),
        "healthStatus": task.health,
        "createdAt": when(task.created_at),
        "startedAt": when(task.started_at),
        "stoppingAt": when(task.stopping_at),
        "stoppedAt": when(task.stopped_at),
        "stopCode": task.stop_code or None,
        "stoppedReason": task.stopped_reason or None,
        "overrides": task.request.get("overrides", {}),
        "attachments": [_attachment(task)] if task.interface else [],
        "containers": [_container(task, container) for container in task.containers],
        "availabilityZone": task.interface.subnet.availability_zone if task.interface else None,
        "capacityProviderName": task.request.get("capacityProviderName"),
        "ephemeralStorage": task.definition.get("ephemeralStorage", {"sizeInGiB": 20}),
        "enableExecuteCommand": bool(task.request.get("enableExecuteCommand")),
        "tags": task.request.get("tags", []),
    }
    return {key: value for key, value in shown.items() if value is not None}


def _attachment(task: Task) -> dict[str, Any]:
    assert task.interface is not None  # noqa: S101  the caller asked
    details = {
        "subnetId": task.subnet,
        "networkInterfaceId": task.interface.eni.id,
        "macAddress": task.interface.eni.mac_address,
        "privateDnsName": f"ip-{task.private_ip.replace('.', '-')}.ec2.internal",
        "privateIPv4Address": task.private_ip,
    }
    pairs = [{"name": name, "value": value} for name, value in details.items()]
    status = "ATTACHED" if task.alive else "DELETED"
    return {"id": task.id, "type": "ElasticNetworkInterface", "status": status, "details": pairs}


def _container(task: Task, container: Container) -> dict[str, Any]:
    status = "RUNNING" if container.running else "STOPPED" if container.program or not task.alive else "PENDING"
    shown: dict[str, Any] = {
        "name": container.name,
        "taskArn": task.arn,
        "image": container.definition["image"],
        "imageDigest": container.image.digest if container.image else None,
        "lastStatus": status,
        "exitCode": container.exit_code,
        "reason": container.reason or None,
        "networkInterfaces": [{"attachmentId": task.id, "privateIpv4Address": task.private_ip}],
    }
    return {key: value for key, value in shown.items() if value is not None}


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    """Return tags as ECS lists them."""
    return [{"key": key, "value": value} for key, value in tags.items()]
