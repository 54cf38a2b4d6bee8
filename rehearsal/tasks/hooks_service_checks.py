"""What ECS refuses of a service, before it makes or changes it."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, before
from rehearsal.tasks.hooks_services import cluster_arn, mover_of, service_arn

WHOLE = 100


def _refuse(text: str) -> Refused:
    return Refused("InvalidParameterException", text)


@before("ecs", "CreateService", "UpdateService")
def check_service(call: Call) -> None:
    """Refuse settings that contradict each other, and what the cluster and the target groups do not fit."""
    merged = {**_present(call), **call.params}
    if merged.get("launchType") and merged.get("capacityProviderStrategy") and "launchType" in call.params:
        raise _refuse(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
        )
    _check_kind(merged)
    _check_percentages(merged.get("deploymentConfiguration", {}))
    _check_rebalancing(call, merged)
    if call.params.get("healthCheckGracePeriodSeconds") and not merged.get("loadBalancers"):
        raise _refuse("Health check grace period is only valid for services configured to use load balancers")
    _check_providers(call)
    _check_target_types(call)


def _present(call: Call) -> dict[str, Any]:
    if call.operation == "CreateService":
        return {}
    service = mover_of(call).services.get(service_arn(call, call.params["service"]))
    return service.settings if service else {}


def _check_kind(merged: dict[str, Any]) -> None:
    if merged.get("schedulingStrategy") == "DAEMON":
        raise _refuse("The daemon scheduling strategy is not supported with the launch type FARGATE.")


def _check_percentages(configuration: dict[str, Any]) -> None:
    least, most = configuration.get("minimumHealthyPercent", WHOLE), configuration.get("maximumPercent", 2 * WHOLE)
    if least == most == WHOLE:
        raise _refuse("Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.")
    if most < WHOLE or not 0 <= least <= WHOLE or most < least:
        raise _refuse(
            f"minimumHealthyPercent is {least} and maximumPercent {most}; 0 to 100 and at least 100 are allowed."
        )


def _check_rebalancing(call: Call, merged: dict[str, Any]) -> None:
    """Refuse what moves tasks between zones where it may not start one more; what does not say is compatible at first.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
    """
    if merged.get("deploymentConfiguration", {}).get("maximumPercent", 2 * WHOLE) > WHOLE:
        return
    if call.operation == "CreateService":
        merged = {"availabilityZoneRebalancing": "DISABLED", **merged}
        call.params.setdefault("availabilityZoneRebalancing", "DISABLED")
    if merged.get("availabilityZoneRebalancing", "ENABLED") == "ENABLED":
        raise _refuse("AvailabilityZoneRebalancing does not support maximumPercent <= 100")


def _check_providers(call: Call) -> None:
    cluster = call.backend().clusters[cluster_arn(call).rsplit("/", 1)[-1]]
    for entry in call.params.get("capacityProviderStrategy", []):
        if entry["capacityProvider"] not in (cluster.capacity_providers or []):
            raise _refuse(
                f"The specified capacity provider '{entry['capacityProvider']}' was not found. Specify a valid name or "
                "ARN and try again."
            )


def _check_target_types(call: Call) -> None:
    groups = call.backend("elbv2").target_groups
    for entry in call.params.get("loadBalancers", []):
        group = groups.get(entry.get("targetGroupArn", ""))
        if group is not None and group.target_type != "ip":
            raise _refuse(
                f"The provided target group {group.arn} has target type {group.target_type}, which is incompatible "
                "with the awsvpc network mode specified in the task definition."
            )
