"""An ECS service as AWS describes it, in the words of its declaration."""

from __future__ import annotations

from typing import Any

from ..adapter import tag_dict
from ..resource import Resource, State
from ._order import ordered_like

#: What AWS leaves out of a description.
LEFT_OUT: dict[str, Any] = {
    "healthCheckGracePeriodSeconds": 0,
    "enableExecuteCommand": False,
    "enableECSManagedTags": False,
    "propagateTags": "NONE",
    "availabilityZoneRebalancing": "DISABLED",
    "schedulingStrategy": "REPLICA",
    "deploymentController": {"type": "ECS"},
    "loadBalancers": [],
    "serviceRegistries": [],
    "capacityProviderStrategy": [],
    "placementConstraints": [],
    "placementStrategy": [],
}
#: What AWS tells only in the deployment, not in the service.
IN_DEPLOYMENT = ("serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations")
#: What ECS says of a deployment that it has given up.
FAILED = "FAILED"


def state_of(item: dict[str, Any], resource: Resource) -> State:
    """Return a description as a state: defaults filled in, lists in the declared order, ARNs as they were declared."""
    declared = resource.properties
    waits = declared.get("WaitStable", False)
    state = {**LEFT_OUT, **_primary(item), **item, "WaitStable": FAILED if waits and has_failed(item) else waits}
    state["capacityProviderStrategy"] = [
        {"weight": 0, "base": 0, **entry} for entry in item.get("capacityProviderStrategy") or []
    ]
    state["serviceConnectConfiguration"] = _connected(state.get("serviceConnectConfiguration") or {})
    state["cluster"] = _same_name(declared.get("cluster"), item["clusterArn"])
    state["taskDefinition"] = _same_name(declared.get("taskDefinition"), item.get("taskDefinition"))
    for name in declared:
        if name in state and name != "Tags":
            state[name] = ordered_like(declared[name], state[name])
    state["Tags"] = tag_dict(item.get("tags"), "key", "value")
    return state


def has_failed(item: dict[str, Any]) -> bool:
    """Say whether ECS has given up what it was to bring about last, and starts no more tasks of it."""
    return any(entry.get("rolloutState") == FAILED for entry in _primaries(item))


def _primary(item: dict[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for entry in _primaries(item) for name in IN_DEPLOYMENT if name in entry}


def _connected(configuration: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration of Service Connect as it is declared, without what is empty."""
    if not configuration.get("enabled"):
        return {"enabled": False}
    return {"services": [], **_told(configuration)}


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _told(item) for name, item in value.items() if item not in (None, [], {})}
    return [_told(item) for item in value] if isinstance(value, list) else value


def _primaries(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry for entry in item.get("deployments") or [] if entry.get("status") == "PRIMARY"]


def _same_name(declared: Any, arn: Any) -> Any:
    """Return what was declared where it is the last part of the ARN: AWS takes either."""
    return declared if isinstance(arn, str) and declared == arn.rpartition("/")[2] else arn
