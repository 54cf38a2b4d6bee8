"""Deployment configurations of CodeDeploy: moto has none."""

from __future__ import annotations

import uuid
from typing import Any

from rehearsal.codedeploy.configurations import PREDEFINED, custom
from rehearsal.codedeploy.model import groups
from rehearsal.control.overlay import Call, Refused, operation
from rehearsal.tasks.shown import when

#: What each type of routing needs: where its percentage and its minutes stand.
NUMBERS = {
    "TimeBasedCanary": ("timeBasedCanary", "canaryPercentage", "canaryInterval"),
    "TimeBasedLinear": ("timeBasedLinear", "linearPercentage", "linearInterval"),
}
MOST_PERCENT = 99


@operation("codedeploy", "CreateDeploymentConfig")
def create_deployment_config(call: Call) -> dict[str, Any]:
    """Create a configuration for ECS."""
    name, there = call.params["deploymentConfigName"], custom(call.world, call.region)
    if name in there or name in PREDEFINED:
        raise Refused("DeploymentConfigAlreadyExistsException", f"Deployment configuration {name} already exists.")
    if name.startswith("CodeDeployDefault."):
        raise Refused("InvalidDeploymentConfigNameException", f"A custom name cannot begin as {name} does.")
    if call.params.get("computePlatform") != "ECS":
        raise Refused("InvalidComputePlatformException", "The local cloud deploys to the compute platform ECS only.")
    how = call.params.get("trafficRoutingConfig", {"type": "AllAtOnce"})
    _check(how)
    made = {
        "deploymentConfigId": str(uuid.uuid4()),
        "deploymentConfigName": name,
        "computePlatform": "ECS",
        "trafficRoutingConfig": how,
        "createTime": when(call.world.clock.now()),
    }
    there[name] = made
    return {"deploymentConfigId": made["deploymentConfigId"]}


def _check(how: dict[str, Any]) -> None:
    if how["type"] == "AllAtOnce":
        return
    place, percent, minutes = NUMBERS[how["type"]]
    given = how.get(place, {})
    if not 1 <= given.get(percent, 0) <= MOST_PERCENT or given.get(minutes, 0) < 1:
        text = f"{place} has {percent} {given.get(percent)} and {minutes} {given.get(minutes)}; 1 to {MOST_PERCENT}"
        raise Refused("InvalidTrafficRoutingConfigurationException", f"{text} and at least 1 minute are allowed.")


@operation("codedeploy", "GetDeploymentConfig")
def get_deployment_config(call: Call) -> dict[str, Any]:
    """Return a configuration, one that CodeDeploy brings too."""
    name = call.params["deploymentConfigName"]
    brought = {"deploymentConfigName": name, "computePlatform": "ECS", "trafficRoutingConfig": PREDEFINED.get(name)}
    found = brought if name in PREDEFINED else custom(call.world, call.region).get(name)
    if found is None:
        text = f"No Deployment Configuration found for name: {name}"
        raise Refused("DeploymentConfigDoesNotExistException", text)
    return {"deploymentConfigInfo": found}


@operation("codedeploy", "ListDeploymentConfigs")
def list_deployment_configs(call: Call) -> dict[str, Any]:
    """List the names of all configurations for ECS."""
    return {"deploymentConfigsList": [*PREDEFINED, *custom(call.world, call.region)]}


@operation("codedeploy", "DeleteDeploymentConfig")
def delete_deployment_config(call: Call) -> dict[str, Any]:
    """Delete a custom configuration that no group uses."""
    name = call.params["deploymentConfigName"]
    if name in PREDEFINED:
        raise Refused("InvalidOperationException", f"{name} is CodeDeploy's own and cannot be deleted.")
    if any(group["deploymentConfigName"] == name for group in groups(call.world, call.region).values()):
        raise Refused("DeploymentConfigInUseException", f"The deployment configuration {name} is in use.")
    custom(call.world, call.region).pop(name, None)
    return {}
