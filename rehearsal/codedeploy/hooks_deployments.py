"""CodeDeploy's deployments: created, asked after, continued and stopped."""

from __future__ import annotations

from typing import Any

from rehearsal.codedeploy.appspec import parse
from rehearsal.codedeploy.configurations import routing, steps
from rehearsal.codedeploy.hooks_groups import application, group_of, service_of
from rehearsal.codedeploy.model import TERMINATION, Deployment, deployments, of_group
from rehearsal.codedeploy.shown import deployment_dict, target_dict, target_id
from rehearsal.control.overlay import Call, Refused, operation
from rehearsal.tasks.hooks_services import active_definition, mover_of

#: What a deployment may have otherwise than its group.
OVERRIDES = {
    "autoRollbackConfiguration": "autoRollbackConfiguration",
    "overrideAlarmConfiguration": "alarmConfiguration",
}
STOPPED = "The deployment was stopped by a user."


def _find(call: Call, deployment_id: str) -> Deployment:
    one = deployments(call.world).get(deployment_id)
    if one is None or one.region != call.region:
        raise Refused("DeploymentDoesNotExistException", f"The deployment {deployment_id} could not be found")
    return one


@operation("codedeploy", "CreateDeployment")
def create_deployment(call: Call) -> dict[str, Any]:
    """Create a deployment; a group has one at a time."""
    params = call.params
    application(call, params["applicationName"])
    if not params.get("deploymentGroupName"):
        raise Refused("DeploymentGroupNameRequiredException", "Deployment Group name is missing")
    with mover_of(call).lock:
        one = _made(call, group_of(call, params["applicationName"], params["deploymentGroupName"]))
        deployments(call.world)[one.id] = one
    return {"deploymentId": one.id}


def _made(call: Call, group: dict[str, Any]) -> Deployment:
    params = call.params
    for other in of_group(call.world, call.region, group["applicationName"], group["deploymentGroupName"]):
        if other.active:
            text = (
                f"The Deployment Group '{group['deploymentGroupName']}' already has an active Deployment '{other.id}'"
            )
            raise Refused("DeploymentLimitExceededException", text)
    name = params.get("deploymentConfigName", group["deploymentConfigName"])
    how = routing(call.world, call.region, name)
    if how is None:
        raise Refused("DeploymentConfigDoesNotExistException", f"No Deployment Configuration found for name: {name}")
    spec = parse(params.get("revision", {}))
    active_definition(call, spec.definition)
    overrides = {ours: params[given] for given, ours in OVERRIDES.items() if given in params}
    used = {**group, **overrides, "deploymentConfigName": name}
    now = call.world.clock.now()
    return Deployment(
        call.region, used, params["revision"], spec, steps(how), service_of(call, group), now, request=dict(params)
    )


@operation("codedeploy", "GetDeployment")
def get_deployment(call: Call) -> dict[str, Any]:
    """Return a deployment."""
    with mover_of(call).lock:
        return {"deploymentInfo": deployment_dict(_find(call, call.params["deploymentId"]))}


@operation("codedeploy", "BatchGetDeployments")
def batch_get_deployments(call: Call) -> dict[str, Any]:
    """Return several deployments."""
    with mover_of(call).lock:
        return {"deploymentsInfo": [deployment_dict(_find(call, name)) for name in call.params["deploymentIds"]]}


@operation("codedeploy", "ListDeployments")
def list_deployments(call: Call) -> dict[str, Any]:
    """List the deployments of a group, or all, the newest first."""
    params, statuses = call.params, call.params.get("includeOnlyStatuses", [])
    names = {key: params[key] for key in ("applicationName", "deploymentGroupName") if key in params}
    found = [
        one
        for one in reversed(list(deployments(call.world).values()))
        if one.region == call.region
        and all(one.group[key] == name for key, name in names.items())
        and (not statuses or one.status in statuses)
    ]
    return {"deployments": [one.id for one in found]}


@operation("codedeploy", "ListDeploymentTargets")
def list_deployment_targets(call: Call) -> dict[str, Any]:
    """List the one target that a deployment to ECS has."""
    return {"targetIds": [target_id(_find(call, call.params["deploymentId"]))]}


def _target(call: Call, target: str) -> dict[str, Any]:
    one = _find(call, call.params["deploymentId"])
    if target != target_id(one):
        text = f"The deployment target {target} does not exist in the deployment {one.id}."
        raise Refused("DeploymentTargetDoesNotExistException", text)
    return target_dict(call.world, one, mover_of(call).of(one.service))


@operation("codedeploy", "GetDeploymentTarget")
def get_deployment_target(call: Call) -> dict[str, Any]:
    """Return lifecycle events and task sets of a deployment."""
    with mover_of(call).lock:
        return {"deploymentTarget": _target(call, call.params["targetId"])}


@operation("codedeploy", "BatchGetDeploymentTargets")
def batch_get_deployment_targets(call: Call) -> dict[str, Any]:
    """Return several targets of a deployment."""
    with mover_of(call).lock:
        return {"deploymentTargets": [_target(call, target) for target in call.params["targetIds"]]}


def _running(call: Call) -> Deployment:
    one = _find(call, call.params["deploymentId"])
    if not one.active:
        text = f"The deployment {one.id} is completed and cannot be changed any more."
        raise Refused("DeploymentAlreadyCompletedException", text)
    return one


@operation("codedeploy", "ContinueDeployment")
def continue_deployment(call: Call) -> dict[str, Any]:
    """End the wait for rerouting, or the wait for the end of the original task set."""
    with mover_of(call).lock:
        one, kind = _running(call), call.params.get("deploymentWaitType", "READY_WAIT")
        waits = one.status == "Ready" if kind == "READY_WAIT" else one.phase == TERMINATION and not one.final
        if not waits:
            text = f"The deployment {one.id} is not in a state in which it can be continued ({kind})."
            raise Refused("DeploymentIsNotInReadyStateException", text)
        one.continued.add(kind)
    return {}


@operation("codedeploy", "StopDeployment")
def stop_deployment(call: Call) -> dict[str, Any]:
    """Stop a deployment, and roll it back when that is asked for."""
    with mover_of(call).lock:
        one = _running(call)
        if one.final or one.undoes:
            text = f"The deployment {one.id} cannot be stopped: it ends a task set already."
            raise Refused("UnsupportedActionForDeploymentTypeException", text)
        rolls_back = call.params.get("autoRollbackEnabled", one.rolls_back_on("DEPLOYMENT_STOP_ON_REQUEST"))
        one.stopping = ("MANUAL_STOP", STOPPED, bool(rolls_back))
    return {"status": "Pending", "statusMessage": "No more actions will be taken by this deployment."}
