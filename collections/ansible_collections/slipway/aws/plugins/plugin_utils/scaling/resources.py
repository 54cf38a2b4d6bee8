"""What scales one service, as resources of ``slipway.aws.converge``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .metrics import load_queries, spare_queries

Resource = dict[str, Any]
#: Parts of a scalable target that can be suspended; an idle side has all of them suspended, a serving one none.
PARTS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
TYPES = {kind: f"application_autoscaling_{kind}" for kind in ("scalable_target", "policy", "scheduled_action")}
POLICIES = ("out", "surge", "in")


def scaling_resources(
    scaling: Mapping[str, Any],
    sides: Sequence[Mapping[str, Any]],
    schedules: Sequence[Mapping[str, Any]] = (),
    *,
    held: bool = False,
    absent: bool = False,
) -> list[Resource]:
    """Return scalable targets, policies, alarms and scheduled actions of a service.

    Args:
        scaling: what the filter ``scaling_targets`` returned.
        sides: of the service, each with ``name``, ``serves``, ``cluster``, ``service``, ``load_balancer`` and
            ``groups``, names as AWS has them or references, and ``runbooks``, where those are.
        schedules: each with ``name``, ``schedule``, ``timezone``, ``minimum`` and ``maximum``.
        held: a release goes on: limits, suspension and the switch of the alarms are its.
        absent: remove all of it.
    """
    made = [one for side in sides for one in _of_side(side, scaling, schedules, held=held)]
    return [{**one, "state": "absent"} for one in made] if absent else made


def _of_side(
    side: Mapping[str, Any], scaling: Mapping[str, Any], schedules: Sequence[Mapping[str, Any]], *, held: bool
) -> Iterator[Resource]:
    yield _target(side, scaling, schedules, held=held)
    # A policy that the intent has no use for was perhaps made under another one.
    for name in POLICIES:
        policy = scaling["policies"].get(name)
        found = [_policy(side, name, policy or _ANY), _alarm(side, name, policy or _ANY, scaling, held=held)]
        yield from found if policy else ({**one, "state": "absent"} for one in found)
    for schedule in schedules:
        yield _action(side, schedule)


_ANY: Mapping[str, Any] = {"threshold": 100.0, "minutes": 1, "configuration": {}}


def _place(side: Mapping[str, Any]) -> dict[str, str]:
    return {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{side['cluster']}/{side['service']}",
        "ScalableDimension": "ecs:service:DesiredCount",
    }


def _target(
    side: Mapping[str, Any], scaling: Mapping[str, Any], schedules: Sequence[Mapping[str, Any]], *, held: bool
) -> Resource:
    serves = bool(side["serves"])
    limits = {"MinCapacity": scaling["minimum"] if serves else 0, "MaxCapacity": scaling["maximum"]}
    suspended = {"SuspendedState": dict.fromkeys(PARTS, not serves)}
    # Where there is a schedule, the limits are the schedule's once the target is there.
    moved = {**limits, **suspended} if held else limits if schedules and serves else {}
    ours = {name: value for name, value in {**limits, **suspended}.items() if name not in moved}
    actions = [_action_name(side, schedule) for schedule in schedules]
    return {
        "type": TYPES["scalable_target"],
        "name": side["name"],
        "properties": {**_place(side), **ours, "ScheduledActionNames": actions},
        "initial": moved,
    }


def _needs(side: Mapping[str, Any]) -> list[str]:
    return [f"{TYPES['scalable_target']}.{side['name']}"]


def _policy(side: Mapping[str, Any], name: str, policy: Mapping[str, Any]) -> Resource:
    return {
        "type": TYPES["policy"],
        "name": f"{side['name']}-{name}",
        "depends_on": _needs(side),
        "properties": {
            **_place(side),
            "PolicyName": f"{side['service']}-{name}",
            "PolicyType": "StepScaling",
            "StepScalingPolicyConfiguration": policy["configuration"],
        },
    }


def _alarm(
    side: Mapping[str, Any], name: str, policy: Mapping[str, Any], scaling: Mapping[str, Any], *, held: bool
) -> Resource:
    fewer = name == "in"
    switch = {"ActionsEnabled": bool(side["serves"])}
    what = "One task fewer is enough" if fewer else "More tasks are needed"
    queries = (
        spare_queries(side, scaling["spare"], scaling["cpu_in"]) if fewer else load_queries(side, scaling["limits"])
    )
    return {
        "type": "cloudwatch_alarm",
        "name": f"{side['name']}-{name}",
        "properties": {
            "AlarmName": f"{side['service']}-scale-{name}",
            "AlarmDescription": f"{what}. Runbook: {side['runbooks']}/scaling.md",
            "AlarmActions": [f"${{{TYPES['policy']}.{side['name']}-{name}.PolicyARN}}"],
            "ComparisonOperator": "LessThanThreshold" if fewer else "GreaterThanOrEqualToThreshold",
            "Threshold": policy["threshold"],
            "EvaluationPeriods": policy["minutes"],
            "DatapointsToAlarm": policy["minutes"],
            "TreatMissingData": "notBreaching",
            "Metrics": queries,
            **({} if held else switch),
        },
        "initial": switch if held else {},
    }


def _action_name(side: Mapping[str, Any], schedule: Mapping[str, Any]) -> str:
    return f"{side['service']}-{schedule['name']}"


def _action(side: Mapping[str, Any], schedule: Mapping[str, Any]) -> Resource:
    return {
        "type": TYPES["scheduled_action"],
        "name": f"{side['name']}-{schedule['name']}",
        "depends_on": _needs(side),
        "properties": {
            **_place(side),
            "ScheduledActionName": _action_name(side, schedule),
            "Schedule": schedule["schedule"],
            "Timezone": schedule.get("timezone", "UTC"),
            "ScalableTargetAction": {"MinCapacity": schedule["minimum"], "MaxCapacity": schedule["maximum"]},
        },
    }
