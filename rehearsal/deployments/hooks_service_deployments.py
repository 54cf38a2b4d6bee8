"""Service deployments and service revisions, which moto does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rehearsal.control.overlay import Call, Refused, operation
from rehearsal.deployments.rollout import WAITING, Rollout, rollouts
from rehearsal.deployments.shown import revision_dict, service_deployment_dict
from rehearsal.tasks.hooks_services import cluster_arn, mover_of, service_arn
from rehearsal.tasks.model import CODE_DEPLOY, Deployment, Service
from rehearsal.tasks.shown import deployment_arn, revision_arn, when

STOPPED = "The deployment was stopped by a user."
ROLLED_BACK = "Service deployment rolled back because the action of its lifecycle hook was ROLLBACK."


def _every(call: Call) -> Iterator[tuple[Service, Deployment]]:
    for service in mover_of(call).services.values():
        for deployment in service.history:
            if deployment.kind != CODE_DEPLOY:
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
        own = [one for one in service.history if one.kind != CODE_DEPLOY]
        briefs = [_brief(service, one) for one in own if not statuses or one.outcome in statuses]
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
            deployment_arn(service, one): service_deployment_dict(
                service, one, mover.of(service), rollouts(call.world).get(one.id)
            )
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
    if call.params.get("stopType", "ROLLBACK") != "ROLLBACK":
        raise Refused("InvalidParameterException", "The valid values of stopType are ROLLBACK.")
    with mover.lock:
        service, deployment = _find(call, arn)
        rollout = rollouts(call.world).get(deployment.id)
        if rollout:
            _stop(rollout)
            return {"serviceDeploymentArn": arn}
        good = next((one for one in service.history if one.state == "COMPLETED"), None)
        if deployment.outcome != "IN_PROGRESS" or good is None:
            raise _conflict()
        deployment.state, deployment.reason = "FAILED", STOPPED
        mover.scheduler.roll_back(service, good)
    return {"serviceDeploymentArn": arn}


def _stop(rollout: Rollout) -> None:
    if not rollout.stoppable or rollout.source is None:
        raise _conflict()
    rollout.deployment.outcome, rollout.stop = "ROLLBACK_REQUESTED", STOPPED


def _conflict() -> Refused:
    return Refused("ConflictException", "The service deployment cannot be stopped in its present state.")


def _find(call: Call, arn: str) -> tuple[Service, Deployment]:
    for service, one in _every(call):
        if deployment_arn(service, one) == arn:
            return service, one
    raise Refused("ServiceDeploymentNotFoundException", "Service deployment not found.")


@operation("ecs", "ContinueServiceDeployment")
def continue_service_deployment(call: Call) -> dict[str, Any]:
    """Answer a PAUSE hook that waits: go on, or roll back."""
    arn, hook_id = call.params["serviceDeploymentArn"], call.params["hookId"]
    with mover_of(call).lock:
        _, deployment = _find(call, arn)
        rollout = rollouts(call.world).get(deployment.id)
        hook = next((one for one in rollout.hooks if one.id == hook_id), None) if rollout else None
        if rollout is None or hook is None or hook.status != WAITING or deployment.outcome != "IN_PROGRESS":
            text = f"The lifecycle hook {hook_id} of this service deployment is not awaiting an action."
            raise Refused("InvalidParameterException", text)
        hook.status = "SUCCEEDED"
        if call.params.get("action") == "ROLLBACK":
            hook.status, rollout.stop, deployment.outcome = "FAILED", ROLLED_BACK, "ROLLBACK_REQUESTED"
    return {"serviceDeploymentArn": arn}
