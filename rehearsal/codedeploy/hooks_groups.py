"""Deployment groups of CodeDeploy for ECS: kept whole, and refused as CodeDeploy refuses them."""

from __future__ import annotations

import uuid
from typing import Any

from rehearsal.codedeploy.configurations import DEFAULT, routing
from rehearsal.codedeploy.model import TRUSTED, groups, of_group
from rehearsal.control.overlay import Call, Refused, before, operation
from rehearsal.tasks import permissions
from rehearsal.tasks.hooks_services import mover_of
from rehearsal.tasks.model import CODE_DEPLOY, Service

MOST_ALARMS = 10
#: Most minutes until the original task set ends: two days.
MOST_MINUTES = 2880
STYLE = {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}


def application(call: Call, name: str) -> Any:
    """Return moto's application.

    Raises:
        Refused: there is none.
    """
    found = call.backend().applications.get(name)
    if found is None:
        text = f"No application found for name: {name}"
        raise Refused("ApplicationDoesNotExistException", text)
    return found


def group_of(call: Call, application_name: str, name: str) -> dict[str, Any]:
    """Return the parameters of a group.

    Raises:
        Refused: there is none.
    """
    application(call, application_name)
    found = groups(call.world, call.region).get((application_name, name))
    if found is None:
        text = f"No Deployment Group found for name: {name}"
        raise Refused("DeploymentGroupDoesNotExistException", text)
    return found


def service_of(call: Call, group: dict[str, Any]) -> Service:
    """Return the one service of a group.

    Raises:
        Refused: it does not exist, or is not CodeDeploy's.
    """
    (named,) = group["ecsServices"]
    cluster = named["clusterName"].rsplit("/", 1)[-1]
    arn = f"arn:aws:ecs:{call.region}:{call.account}:service/{cluster}/{named['serviceName']}"
    service = mover_of(call).services.get(arn)
    if service is None or service.status != "ACTIVE":
        raise Refused("InvalidECSServiceException", f"ECS service not found: {cluster}:{named['serviceName']}")
    if service.kind != CODE_DEPLOY:
        text = "Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller."
        raise Refused("InvalidECSServiceException", text)
    return service


@before("codedeploy", "CreateApplication")
def check_platform(call: Call) -> None:
    """Refuse other platforms than ECS, so that everything below is for ECS."""
    given = call.params.get("computePlatform", "Server")
    if given != "ECS":
        text = f"The local cloud deploys to the compute platform ECS only; it got {given}."
        raise Refused("InvalidComputePlatformException", text)


@operation("codedeploy", "CreateDeploymentGroup")
def create_deployment_group(call: Call) -> dict[str, Any]:
    """Create a group."""
    params = call.params
    application(call, params["applicationName"])
    key = (params["applicationName"], params["deploymentGroupName"])
    there = groups(call.world, call.region)
    if key in there:
        text = f"Deployment group {key[1]} already exists."
        raise Refused("DeploymentGroupAlreadyExistsException", text)
    made = {"deploymentConfigName": DEFAULT, **params, "deploymentGroupId": str(uuid.uuid4())}
    check_group(call, made)
    there[key] = made
    call.backend().tagger.tag_resource(_arn(call, key), params.get("tags", []))
    return {"deploymentGroupId": made["deploymentGroupId"]}


def _arn(call: Call, key: tuple[str, str]) -> str:
    return f"arn:aws:codedeploy:{call.region}:{call.account}:deploymentgroup:{key[0]}/{key[1]}"


def check_group(call: Call, group: dict[str, Any]) -> None:
    """Refuse what is no blue/green deployment of one ECS service between two target groups."""
    if group.get("deploymentStyle") != STYLE:
        text = f"For ECS the deployment style must be {STYLE}; it is {group.get('deploymentStyle')}."
        raise Refused("InvalidDeploymentStyleException", text)
    if len(group.get("ecsServices", [])) != 1:
        raise Refused("InvalidECSServiceException", "A deployment group of ECS has exactly one ECS service.")
    service_of(call, group)
    _check_waits(group.get("blueGreenDeploymentConfiguration", {}))
    _check_traffic(call, group.get("loadBalancerInfo", {}))
    if routing(call.world, call.region, group["deploymentConfigName"]) is None:
        text = f"No Deployment Configuration found for name: {group['deploymentConfigName']}"
        raise Refused("DeploymentConfigDoesNotExistException", text)
    if len(group.get("alarmConfiguration", {}).get("alarms", [])) > MOST_ALARMS:
        raise Refused("AlarmsLimitExceededException", f"At most {MOST_ALARMS} alarms are allowed.")
    role = permissions.role(call.world, group["serviceRoleArn"])
    if role is None or not permissions.trusts(role, TRUSTED):
        text = f"AWS CodeDeploy does not have the permissions required to assume the role {group['serviceRoleArn']}."
        raise Refused("InvalidRoleException", text)


def _check_waits(waits: dict[str, Any]) -> None:
    ends, ready = (
        waits.get(name, {}) for name in ("terminateBlueInstancesOnDeploymentSuccess", "deploymentReadyOption")
    )
    wrong = ""
    if ends.get("action") != "TERMINATE" or not 0 <= ends.get("terminationWaitTimeInMinutes", 0) <= MOST_MINUTES:
        wrong = f"terminateBlueInstancesOnDeploymentSuccess is {ends}; TERMINATE after 0 to {MOST_MINUTES} minutes"
    elif "actionOnTimeout" not in ready:
        wrong = "deploymentReadyOption lacks actionOnTimeout; CONTINUE_DEPLOYMENT and STOP_DEPLOYMENT"
    elif ready["actionOnTimeout"] == "CONTINUE_DEPLOYMENT" and ready.get("waitTimeInMinutes", 0):
        wrong = "waitTimeInMinutes is set with CONTINUE_DEPLOYMENT; STOP_DEPLOYMENT"
    if wrong:
        raise Refused("InvalidBlueGreenDeploymentConfigurationException", f"{wrong} is allowed.")


def _check_traffic(call: Call, balancer: dict[str, Any]) -> None:
    pairs = balancer.get("targetGroupPairInfoList", [])
    names = [group.get("name") for pair in pairs for group in pair.get("targetGroups", [])]
    known = {group.name for group in call.backend("elbv2").target_groups.values()}
    wrong = ""
    if len(pairs) != 1 or len(set(names)) != 2:  # noqa: PLR2004  a pair
        wrong = "targetGroupPairInfoList needs one pair of two target groups"
    elif set(names) - known:
        wrong = f"Unable to find target group: {', '.join(sorted(set(names) - known))}"
    elif len(pairs[0].get("prodTrafficRoute", {}).get("listenerArns", [])) != 1:
        wrong = "prodTrafficRoute needs one listener"
    else:
        arns = [arn for route in ("prodTrafficRoute", "testTrafficRoute") for arn in _listeners(pairs[0], route)]
        there = {arn for one in call.backend("elbv2").load_balancers.values() for arn in one.listeners}
        wrong = next((f"Unable to find listener: {arn}" for arn in arns if arn not in there), "")
    if wrong:
        raise Refused("InvalidLoadBalancerInfoException", wrong)


def _listeners(pair: dict[str, Any], route: str) -> list[str]:
    return list(pair.get(route, {}).get("listenerArns", []))


@operation("codedeploy", "UpdateDeploymentGroup")
def update_deployment_group(call: Call) -> dict[str, Any]:
    """Change a group; what is not named stays."""
    params, there = dict(call.params), groups(call.world, call.region)
    name = params.pop("currentDeploymentGroupName")
    old = group_of(call, params["applicationName"], name)
    new = {**old, **params, "deploymentGroupName": params.pop("newDeploymentGroupName", name)}
    new.pop("newDeploymentGroupName", None)
    check_group(call, new)
    del there[params["applicationName"], name]
    there[params["applicationName"], new["deploymentGroupName"]] = new
    return {"hooksNotCleanedUp": []}


@operation("codedeploy", "DeleteDeploymentGroup")
def delete_deployment_group(call: Call) -> dict[str, Any]:
    """Delete a group; one that is not there is no error."""
    key = (call.params["applicationName"], call.params["deploymentGroupName"])
    if any(one.active for one in of_group(call.world, call.region, *key)):
        raise Refused("InvalidOperationException", f"The deployment group {key[1]} has a deployment in progress.")
    groups(call.world, call.region).pop(key, None)
    call.backend().tagger.delete_all_tags_for_resource(_arn(call, key))
    return {"hooksNotCleanedUp": []}


@operation("codedeploy", "DeleteApplication")
def delete_application(call: Call) -> dict[str, Any]:
    """Delete an application with its groups; one that is not there is no error."""
    name, there = call.params["applicationName"], groups(call.world, call.region)
    for key in [key for key in there if key[0] == name]:
        del there[key]
    call.backend().applications.pop(name, None)
    call.backend().deployment_groups.pop(name, None)
    arn = f"arn:aws:codedeploy:{call.region}:{call.account}:application:{name}"
    call.backend().tagger.delete_all_tags_for_resource(arn)
    return {}


@operation("codedeploy", "GetDeploymentGroup")
def get_deployment_group(call: Call) -> dict[str, Any]:
    """Return a group with the deployments it had last."""
    return {"deploymentGroupInfo": _described(call, call.params["deploymentGroupName"])}


@operation("codedeploy", "BatchGetDeploymentGroups")
def batch_get_deployment_groups(call: Call) -> dict[str, Any]:
    """Return several groups of an application."""
    return {"deploymentGroupsInfo": [_described(call, name) for name in call.params["deploymentGroupNames"]]}


@operation("codedeploy", "ListDeploymentGroups")
def list_deployment_groups(call: Call) -> dict[str, Any]:
    """List the groups of an application."""
    name = call.params["applicationName"]
    application(call, name)
    names = [key[1] for key in groups(call.world, call.region) if key[0] == name]
    return {"applicationName": name, "deploymentGroups": names}


def _described(call: Call, name: str) -> dict[str, Any]:
    group = group_of(call, call.params["applicationName"], name)
    shown = {key: value for key, value in group.items() if key != "tags"}
    past = list(of_group(call.world, call.region, call.params["applicationName"], name))
    good = [one for one in past if one.status == "Succeeded"]
    for field, found in (("lastAttemptedDeployment", past), ("lastSuccessfulDeployment", good)):
        if found:
            shown[field] = {"deploymentId": found[0].id, "status": found[0].status}
    return {**shown, "computePlatform": "ECS"}
