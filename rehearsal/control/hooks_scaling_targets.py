"""Application Auto Scaling: policies and scheduled actions need a registered target, and go with it."""

from __future__ import annotations

from typing import Any

from moto.applicationautoscaling.models import FakeScalableTarget

from rehearsal.control.hooks_scaling import TAGS
from rehearsal.control.overlay import Call, Refused, after, before, operation

SERVICE = "application-autoscaling"
#: What is suspended of a new target.
SUSPENDED = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}
#: Where a describing call keeps what it tells, its parameter for names and the field it compares.
NAMED = {
    "DescribeScalingPolicies": ("ScalingPolicies", "PolicyNames", "PolicyName"),
    "DescribeScheduledActions": ("ScheduledActions", "ScheduledActionNames", "ScheduledActionName"),
}


def _of_target(call: Call, items: list[Any]) -> list[Any]:
    """Return those of moto's objects that belong to the target a call names."""
    where = (call.params["ServiceNamespace"], call.params["ResourceId"], call.params["ScalableDimension"])
    return [item for item in items if (item.service_namespace, item.resource_id, item.scalable_dimension) == where]


def _gone(call: Call, what: str) -> Refused:
    where = f"service namespace: {call.params['ServiceNamespace']}, resource ID: {call.params['ResourceId']}"
    text = f"No {what} found for {where}, scalable dimension: {call.params['ScalableDimension']}"
    return Refused("ObjectNotFoundException", text)


def _target(call: Call) -> Any:
    found = _of_target(call, call.backend().describe_scalable_targets(call.params["ServiceNamespace"], None, None))
    if not found:
        raise _gone(call, "scalable target registered")
    return found[0]


@before(SERVICE, "PutScalingPolicy", "PutScheduledAction")
def refuse_without_target(call: Call) -> None:
    """Refuse what has no registered target; moto takes it."""
    _target(call)


@before(SERVICE, "DeregisterScalableTarget")
def deregister_all(call: Call) -> None:
    """Delete the target's policies, with their alarms, scheduled actions and tags."""
    call.world.kept(TAGS).pop(_target(call).arn, None)
    scaling = call.backend()
    for policy in _of_target(call, list(scaling.policies.values())):
        key = (policy.policy_name, policy.service_namespace, policy.resource_id, policy.scalable_dimension)
        scaling.delete_scaling_policy(*key)
    theirs = _of_target(call, scaling.scheduled_actions)
    scaling.scheduled_actions = [item for item in scaling.scheduled_actions if item not in theirs]


@before(SERVICE, "DeleteScalingPolicy")
def refuse_unknown_policy(call: Call) -> None:
    """Refuse to delete what is not there with AWS's code; moto's is another."""
    policies = _of_target(call, list(call.backend().policies.values()))
    if call.params["PolicyName"] not in {policy.policy_name for policy in policies}:
        raise _gone(call, "scaling policy")


@before(SERVICE, "DeleteScheduledAction")
def refuse_unknown_action(call: Call) -> None:
    """Refuse to delete what is not there; moto says that it was deleted."""
    actions = _of_target(call, call.backend().scheduled_actions)
    if call.params["ScheduledActionName"] not in {action.scheduled_action_name for action in actions}:
        raise _gone(call, "scheduled action")


@operation(SERVICE, "RegisterScalableTarget")
def register(call: Call) -> dict[str, Any]:
    """Register a target or change what is named of it; moto looks for ECS services where the local cloud has none."""
    _refuse_unknown_service(call)
    scaling, params = call.backend(), call.params
    known = _of_target(call, scaling.describe_scalable_targets(params["ServiceNamespace"], None, None))
    target = known[0] if known else None
    lowest = params.get("MinCapacity", target and target.min_capacity)
    highest = params.get("MaxCapacity", target and target.max_capacity)
    if lowest is None or highest is None:
        raise Refused("ValidationException", "MinCapacity and MaxCapacity are required for a new scalable target")
    if lowest > highest:
        raise Refused("ValidationException", "Maximum capacity cannot be less than minimum capacity")
    suspended = {**(target.suspended_state if target else SUSPENDED), **params.get("SuspendedState", {})}
    if target is None:
        place = (params["ServiceNamespace"], params["ResourceId"], params["ScalableDimension"])
        target = FakeScalableTarget(scaling, *place, lowest, highest, params.get("RoleARN"), suspended)
        scaling.targets.setdefault(target.scalable_dimension, {})[target.resource_id] = target
        call.world.kept(TAGS)[target.arn] = dict(params.get("Tags", {}))
    target.update(lowest, highest, suspended)
    return {"ScalableTargetARN": target.arn}


def _refuse_unknown_service(call: Call) -> None:
    """Refuse an ECS service that is not there, where the local cloud runs tasks."""
    tasks: Any = call.world.movers.get("tasks")
    where = call.params["ResourceId"]
    if tasks is None or call.params["ServiceNamespace"] != "ecs":
        return
    service = tasks.services.get(f"arn:aws:ecs:{call.region}:{call.account}:{where}")
    if service is None or service.status != "ACTIVE":
        raise Refused("ValidationException", f"ECS service doesn't exist: {where}")


@after(SERVICE, *NAMED)
def show_named(call: Call, response: dict[str, Any]) -> None:
    """Tell those alone that are asked for by name; moto forgets the names of policies."""
    place, parameter, field = NAMED[call.operation]
    names = call.params.get(parameter)
    if names:
        response[place] = [item for item in response[place] if item[field] in names]
