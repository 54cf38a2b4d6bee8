"""Scaling policies: checked, kept under one ARN, with the alarms of target tracking."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from moto.applicationautoscaling.models import FakeApplicationAutoscalingPolicy

from rehearsal.autoscaling.cron import CronError, means
from rehearsal.autoscaling.tracking import REQUESTS, USED, alarms
from rehearsal.control.hooks_scaling_targets import refuse_without_target
from rehearsal.control.overlay import Call, Refused, after, before, operation
from rehearsal.metrics import kept
from rehearsal.metrics.alarm import Alarm
from rehearsal.orchestration.expressions import interval, moment

SERVICE = "application-autoscaling"
BODIES = {
    "StepScaling": "StepScalingPolicyConfiguration",
    "TargetTrackingScaling": "TargetTrackingScalingPolicyConfiguration",
}
#: Names of the alarms of each target tracking policy, by its ARN and their kind.
NAMES = "autoscaling.alarms"
MOST_STEPS = 20


class Policy(FakeApplicationAutoscalingPolicy):  # type: ignore[misc]  # moto ships no types
    """A policy whose alarms are made here."""

    def create_alarms(self) -> None:
        """Make none: moto's are not evaluated."""


@operation(SERVICE, "PutScalingPolicy")
def put_policy(call: Call) -> dict[str, Any]:
    """Create a policy or replace its configuration; its ARN stays."""
    refuse_without_target(call)
    params, backend = call.params, call.backend()
    place = (params["ServiceNamespace"], params["ResourceId"], params["ScalableDimension"])
    key = FakeApplicationAutoscalingPolicy.formulate_key(*place, params["PolicyName"])
    known = backend.policies.get(key)
    kind = params.get("PolicyType") or (known.policy_type if known else "StepScaling")
    if kind not in BODIES:
        raise Refused("ValidationException", f"The local cloud acts on {', '.join(BODIES)}; PolicyType is {kind}")
    body = params.get(BODIES[kind]) or (known._policy_body if known else None)  # noqa: SLF001  moto's
    _check(kind, body)
    policy = Policy(call.account, call.region, params["PolicyName"], *place, kind, body)
    if known:
        policy.policy_arn, policy.creation_time = known.policy_arn, known.creation_time
    backend.policies[key] = policy
    _make_alarms(call, policy)
    return {"PolicyARN": policy.policy_arn, "Alarms": _shown(call, policy.policy_arn)}


def _check(kind: str, body: dict[str, Any] | None) -> None:
    """Refuse a configuration that AWS refuses."""
    if not body:
        raise Refused("ValidationException", f"{BODIES[kind]} is required for {kind}")
    if kind == "StepScaling":
        _check_steps(body)
        return
    given = body.get("PredefinedMetricSpecification", {})
    metric = given.get("PredefinedMetricType")
    if bool(given) == ("CustomizedMetricSpecification" in body):
        raise Refused("ValidationException", "Exactly one of the metric specifications must be specified")
    if given and metric not in {*USED, REQUESTS}:
        raise Refused("ValidationException", f"Predefined metric type {metric} is not supported for ECS services")
    if metric == REQUESTS and "targetgroup/" not in given.get("ResourceLabel", ""):
        raise Refused("ValidationException", "ResourceLabel is required for ALBRequestCountPerTarget")


def _check_steps(body: dict[str, Any]) -> None:
    steps = body.get("StepAdjustments", [])
    if not steps or len(steps) > MOST_STEPS or "AdjustmentType" not in body:
        raise Refused("ValidationException", "AdjustmentType and 1 to 20 StepAdjustments are required")
    if "MinAdjustmentMagnitude" in body and body["AdjustmentType"] != "PercentChangeInCapacity":
        raise Refused("ValidationException", "MinAdjustmentMagnitude is for PercentChangeInCapacity only")
    low, high = float("-inf"), float("inf")
    spans = sorted(
        (one.get("MetricIntervalLowerBound", low), one.get("MetricIntervalUpperBound", high)) for one in steps
    )
    gaps = [one for one, other in itertools.pairwise(spans) if one[1] != other[0]]
    if gaps or any(one[0] >= one[1] for one in spans):
        raise Refused("ValidationException", "The step adjustment intervals overlap or have a gap")


def _make_alarms(call: Call, policy: Any) -> None:
    names, now = call.world.kept(NAMES), call.world.clock.now()
    wanted = alarms(policy, names.get(policy.policy_arn, {})) if policy.policy_type == "TargetTrackingScaling" else {}
    with kept.lock(call.world):
        there = kept.alarms(call.world, call.region)
        _forget(call, policy.policy_arn, keep={one["AlarmName"] for one in wanted.values()})
        for params in wanted.values():
            known = there.get(params["AlarmName"])
            if known:
                known.params, known.configured = params, now
            else:
                there[params["AlarmName"]] = Alarm(call.region, call.account, params, now, now, now)
    if wanted:
        names[policy.policy_arn] = {kind: params["AlarmName"] for kind, params in wanted.items()}


def _forget(call: Call, arn: str, keep: Collection[str] = ()) -> None:
    there = kept.alarms(call.world, call.region)
    for name in call.world.kept(NAMES).pop(arn, {}).values():
        if name not in keep:
            there.pop(name, None)


@after(SERVICE, "DeleteScalingPolicy", "DeregisterScalableTarget")
def delete_alarms(call: Call, response: dict[str, Any]) -> None:
    """Delete the alarms of target tracking policies that are gone."""
    del response
    living = {policy.policy_arn for policy in call.backend().policies.values()}
    with kept.lock(call.world):
        for arn in [arn for arn in call.world.kept(NAMES) if arn not in living and f":{call.region}:" in arn]:
            _forget(call, arn)


@after(SERVICE, "DescribeScalingPolicies")
def show_alarms(call: Call, response: dict[str, Any]) -> None:
    """Show the alarms that lead to each policy."""
    for policy in response["ScalingPolicies"]:
        policy["Alarms"] = _shown(call, policy["PolicyARN"])


def _shown(call: Call, arn: str) -> list[dict[str, str]]:
    there = sorted(kept.alarms(call.world, call.region).items())
    found = [alarm for _, alarm in there if arn in alarm.params.get("AlarmActions", [])]
    return [{"AlarmName": alarm.name, "AlarmARN": alarm.alarm_arn} for alarm in found]


@before(SERVICE, "PutScheduledAction")
def check_schedule(call: Call) -> None:
    """Refuse schedules and time zones that there are not."""
    try:
        _try_schedule(call.params.get("Schedule", ""), call.params.get("Timezone", "UTC"))
    except (CronError, ZoneInfoNotFoundError) as error:
        raise Refused("ValidationException", str(error)) from error


def _try_schedule(expression: str, zone: str) -> None:
    here = ZoneInfo(zone)
    if expression.startswith("cron("):
        means(expression, datetime.now(here))
    elif interval(expression) is None and moment(expression, zone) is None:
        raise CronError(f"Invalid Schedule Expression: {expression}")
