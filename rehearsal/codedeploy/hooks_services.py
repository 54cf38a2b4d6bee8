"""What ECS refuses of services that CodeDeploy deploys, and their task sets.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, before, operation
from rehearsal.tasks.hooks_services import find, mover_of
from rehearsal.tasks.model import CODE_DEPLOY
from rehearsal.tasks.shown import service_dict

#: What only a new deployment of CodeDeploy can change.
DEPLOYED = (
    "taskDefinition",
    "networkConfiguration",
    "platformVersion",
    "loadBalancers",
    "capacityProviderStrategy",
    "forceNewDeployment",
    "serviceRegistries",
    "serviceConnectConfiguration",
    "volumeConfigurations",
)
#: Parts of a deployment configuration that only ECS's own controller knows.
FOREIGN = (
    "deploymentCircuitBreaker",
    "alarms",
    "strategy",
    "lifecycleHooks",
    "canaryConfiguration",
    "linearConfiguration",
)


def _refuse(text: str) -> Refused:
    return Refused("InvalidParameterException", text)


@before("ecs", "CreateService")
def check_created(call: Call) -> None:
    """Refuse what does not go with the controller."""
    controller = call.params.get("deploymentController", {}).get("type", "ECS")
    if controller == "EXTERNAL":
        raise _refuse("The local cloud has the deployment controllers ECS and CODE_DEPLOY; it got EXTERNAL.")
    if controller != CODE_DEPLOY:
        return
    _check_configuration(call)
    if call.params.get("availabilityZoneRebalancing") == "ENABLED":
        raise _refuse("Availability Zone rebalancing cannot be enabled with the deployment controller CODE_DEPLOY.")
    entries = call.params.get("loadBalancers", [])
    if len(entries) != 1 or "advancedConfiguration" in entries[0]:
        raise _refuse("A service of the controller CODE_DEPLOY needs one load balancer without advancedConfiguration.")
    call.params.setdefault("availabilityZoneRebalancing", "DISABLED")


@before("ecs", "UpdateService")
def check_updated(call: Call) -> None:
    """Refuse what only CodeDeploy may change, and another controller."""
    service = find(call, call.params["service"])
    present = service.settings.get("deploymentController", {}).get("type", "ECS")
    if call.params.get("deploymentController", {}).get("type", present) != present:
        raise _refuse(f"The local cloud cannot change the deployment controller of a service; it is {present}.")
    if present != CODE_DEPLOY:
        return
    _check_configuration(call)
    given = [name for name in DEPLOYED if call.params.get(name)]
    if "taskDefinition" in given:
        raise _refuse(
            "Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy "
            "to trigger a new deployment."
        )
    if given:
        raise _refuse(
            f"Cannot update {', '.join(given)} on services with a CODE_DEPLOY deployment controller. Use AWS "
            "CodeDeploy to trigger a new deployment."
        )


def _check_configuration(call: Call) -> None:
    given = [name for name in FOREIGN if name in call.params.get("deploymentConfiguration", {})]
    if given:
        raise _refuse(f"{', '.join(given)} cannot be used with the deployment controller CODE_DEPLOY.")


@operation("ecs", "DescribeTaskSets")
def describe_task_sets(call: Call) -> dict[str, Any]:
    """Describe the task sets of a service, or those that are named."""
    mover = mover_of(call)
    with mover.lock:
        service = find(call, call.params["service"])
        shown = service_dict(service, mover.of(service), with_tags=False).get("taskSets", [])
    asked = call.params.get("taskSets")
    found = [one for one in shown if not asked or {one["id"], one["taskSetArn"]} & set(asked)]
    known = {name for one in found for name in (one["id"], one["taskSetArn"])}
    return {"taskSets": found, "failures": [{"arn": a, "reason": "MISSING"} for a in asked or [] if a not in known]}


@operation("ecs", "CreateTaskSet", "UpdateTaskSet", "DeleteTaskSet", "UpdateServicePrimaryTaskSet")
def refuse_task_sets(call: Call) -> dict[str, Any]:
    """Refuse them: a service with the controller EXTERNAL would be needed."""
    raise _refuse(
        f"{call.operation} is for services with the deployment controller EXTERNAL, which this cloud has not."
    )
