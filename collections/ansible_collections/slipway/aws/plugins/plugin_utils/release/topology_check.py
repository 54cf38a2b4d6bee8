"""What of a service's target groups, rule and ECS services gets in the way of a release by weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..cloud import Cloud
from .finding import Finding
from .spec import Colour, Spec

LIFETIME = "stickiness.lb_cookie.duration_seconds"
APPLICATION = "stickiness.app_cookie.duration_seconds"
Attributes = Mapping[str, str]


def read_attributes(cloud: Cloud, side: Colour) -> dict[str, str]:
    """Return the attributes of a side's target group."""
    answer = cloud.read("elbv2", "describe_target_group_attributes", TargetGroupArn=side.target_group)
    return {item["Key"]: item["Value"] for item in answer["Attributes"]}


def sticks(values: Attributes) -> bool:
    """Say whether a target group keeps sessions on their task."""
    return values.get("stickiness.enabled") == "true"


def check_groups(spec: Spec, attributes: Mapping[str, Attributes]) -> list[Finding]:
    """Return what is wrong with the attributes of the target groups, by the name of the side."""
    return [finding for name, values in attributes.items() for finding in _check_group(spec, name, values)]


def _check_group(spec: Spec, name: str, values: Attributes) -> Iterable[Finding]:
    if sticks(values):
        kind = APPLICATION if values.get("stickiness.type") == "app_cookie" else LIFETIME
        yield Finding(
            f"sessions stick to the tasks of {name} for {values.get(kind, '86400')} s;"
            " with weights, that holds only where the listener rule sticks to target groups too"
        )
    if int(values.get("slow_start.duration_seconds", "0")):
        yield Finding(f"slow start of {name} helps no candidate: a change of weights does not begin it")
    delay = int(values.get("deregistration_delay.timeout_seconds", "300"))
    if delay < spec.latency_objective:
        yield Finding(
            f"{name} gives requests in flight {delay} s, less than the {spec.latency_objective:g} s that one may take:"
            " raise service_deregistration_delay"
        )


def check_stickiness(spec: Spec, seconds: int) -> list[Finding]:
    """Return what is wrong with the stickiness of the listener rule, whose cookies last ``seconds``; 0 is none."""
    if not seconds:
        return []
    text = f"the listener rule keeps sessions on their version for {seconds} s"
    if seconds > spec.bake_minutes * 60:
        return [
            Finding(f"{text}, longer than a step of {spec.bake_minutes:g} minutes: shares mean nothing", stops=True)
        ]
    return [Finding(f"{text}; the share of the requests is not judged")]


def check_deployment(side: Colour, service: Mapping[str, Any]) -> list[Finding]:
    """Return what is wrong with how ECS replaces the tasks of a side."""
    least = service.get("deploymentConfiguration", {}).get("minimumHealthyPercent", 100)
    if least >= 100:  # noqa: PLR2004  per cent
        return []
    return [
        Finding(
            f"{side.ecs_service} may fall to {least} % of its tasks while it replaces them; set"
            " service_minimum_healthy_percent to 100"
        )
    ]
