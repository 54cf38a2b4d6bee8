"""ELBv2's API as AWS answers it where moto differs: health of targets as the data plane sees it."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, operation
from rehearsal.edge.mover import EdgeMover

INITIAL = {
    "State": "initial",
    "Reason": "Elb.RegistrationInProgress",
    "Description": "Target registration is in progress",
}
UNUSED = {
    "State": "unused",
    "Reason": "Target.NotInUse",
    "Description": "Target group is not configured to receive traffic from the load balancer",
}
DRAINING = {
    "State": "draining",
    "Reason": "Target.DeregistrationInProgress",
    "Description": "Target deregistration is in progress",
}
UNKNOWN = {
    "State": "unused",
    "Reason": "Target.NotRegistered",
    "Description": "Target is not registered to the target group",
}


def mover(call: Call) -> EdgeMover:
    """Return the mover of the load balancers."""
    found = call.world.movers["edge"]
    assert isinstance(found, EdgeMover)  # noqa: S101  for the type checker: nobody else takes that name
    return found


@operation("elbv2", "DescribeTargetHealth")
def describe_target_health(call: Call) -> dict[str, Any]:
    """Return what the health checks found."""
    group = call.backend().target_groups.get(call.params["TargetGroupArn"])
    if group is None:
        raise Refused("TargetGroupNotFound", "One or more target groups not found")
    registered = {f"{one['Id']}:{one['Port']}": one for one in list(group.targets.values())}
    draining = [key for arn, key in mover(call).draining if arn == group.arn and key not in registered]
    asked = [f"{one['Id']}:{one.get('Port', group.port)}" for one in call.params.get("Targets", [])]
    keys = asked or [*registered, *draining]
    return {"TargetHealthDescriptions": [_described(call, group, key, registered, draining) for key in keys]}


def _described(call: Call, group: Any, key: str, registered: dict[str, Any], draining: list[str]) -> dict[str, Any]:
    name, _, port = key.rpartition(":")
    if key in registered:
        used = group.arn in mover(call).used_groups()
        health = mover(call).health.get((group.arn, key), INITIAL) if used else UNUSED
    else:
        health = DRAINING if key in draining else UNKNOWN
    checked = port if group.health_check_port == "traffic-port" else str(group.health_check_port)
    return {"Target": {"Id": name, "Port": int(port)}, "HealthCheckPort": checked, "TargetHealth": health}
