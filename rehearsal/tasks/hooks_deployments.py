"""Service deployments and service revisions, which moto does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rehearsal.control.overlay import Call, Refused, operation
from rehearsal.tasks.hooks_services import cluster_arn, mover_of, service_arn
from rehearsal.tasks.model import Deployment, Service
from rehearsal.tasks.shown import deployment_arn, revision_arn, revision_dict, service_deployment_dict, when


def _every(call: Call) -> Iterator[tuple[Service, Deployment]]:
    for service in mover_of(call).services.values():
        for deployment in service.history:
            yield service, deployment


@operation("ecs", "ListServiceDeployments")
def list_service_deployments(call: Call) -> dict[str, Any]:
    """List the deployments of a service, the newest first."""
    cluster_arn(call)
    arn, statuses = service_arn(call, call.params["service"]), call.params.get("status", [])
    service = mover_of(call).services.get(arn)
    if service is None:
        raise Refused("ServiceNotFoundException", "Service not found.")
    with mover_of(call).lock:
        briefs = [_brief(service, one) for one in service.history if not statuses or one.outcome in statuses]
    start, size = int(call.params.get("nextToken", 0)), call.params.get("maxResults", 20)
    more = {"nextToken": str(start + size)} if start + size < len(briefs) else {}
    return {"serviceDeployments": briefs[start : start + size], **more}


def _brief(service: Service, deployment: Deployment) -> dict[str, Any]:
    return {
        "serviceDeploymentArn": deployment_arn(service, deployment),
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "createdAt": when(deployment.created_at),
        "startedAt": when(deployment.created_at),
        "finishedAt": when(deployment.finished_at),
        "targetServiceRevisionArn": revision_arn(service, deployment),
        "status": deployment.outcome,
        "statusReason": deployment.outcome_reason,
    }


@operation("ecs", "DescribeServiceDeployments")
def describe_service_deployments(call: Call) -> dict[str, Any]:
    """Describe deployments by ARN."""
    mover, asked = mover_of(call), call.params["serviceDeploymentArns"]
    with mover.lock:
        found = {
            deployment_arn(service, one): service_deployment_dict(service, one, mover.of(service))
            for service, one in _every(call)
            if deployment_arn(service, one) in asked
        }
    missing = [{"arn": arn, "reason": "MISSING"} for arn in asked if arn not in found]
    return {"serviceDeployments": [found[arn] for arn in asked if arn in found], "failures": missing}


@operation("ecs", "DescribeServiceRevisions")
def describe_service_revisions(call: Call) -> dict[str, Any]:
    """Describe revisions by ARN."""
    asked = call.params["serviceRevisionArns"]
    with mover_of(call).lock:
        found = {revision_arn(service, one): revision_dict(service, one) for service, one in _every(call)}
    missing = [{"arn": arn, "reason": "MISSING"} for arn in asked if arn not in found]
    return {"serviceRevisions": [found[arn] for arn in asked if arn in found], "failures": missing}


@operation("ecs", "StopServiceDeployment")
def stop_service_deployment(call: Call) -> dict[str, Any]:
    """Stop a deployment that is in progress and go back to the last good one."""
    mover, arn = mover_of(call), call.params["serviceDeploymentArn"]
    with mover.lock:
        pair = next(((service, one) for service, one in _every(call) if deployment_arn(service, one) == arn), None)
        if pair is None:
            raise Refused("ServiceDeploymentNotFoundException", "Service deployment not found.")
        service, deployment = pair
        good = next((one for one in service.history if one.state == "COMPLETED"), None)
        if deployment.outcome != "IN_PROGRESS" or good is None:
            raise Refused("ConflictException", "The service deployment cannot be stopped in its present state.")
        deployment.state, deployment.reason = "FAILED", "The deployment was stopped by a user."
        mover.scheduler.roll_back(service, good)
    return {"serviceDeploymentArn": arn}
