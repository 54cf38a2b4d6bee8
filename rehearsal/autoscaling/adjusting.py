"""How many tasks a policy wants: pure.

https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def step(configuration: Mapping[str, Any], capacity: int, distance: float) -> int:
    """Return the capacity that a step scaling policy wants.

    Args:
        configuration: of the policy.
        capacity: so far.
        distance: from the alarm's threshold to the metric.
    """
    for one in configuration["StepAdjustments"]:
        if _covers(one, distance):
            return _adjusted(configuration, capacity, int(one["ScalingAdjustment"]))
    return capacity


def _covers(one: Mapping[str, Any], distance: float) -> bool:
    """Say whether a step is meant: above the threshold its lower bound belongs to it, below it the upper one."""
    low, high = one.get("MetricIntervalLowerBound"), one.get("MetricIntervalUpperBound")
    if distance < 0:
        return (low is None or distance > low) and (high is None or distance <= high)
    return (low is None or distance >= low) and (high is None or distance < high)


def _adjusted(configuration: Mapping[str, Any], capacity: int, adjustment: int) -> int:
    kind = configuration["AdjustmentType"]
    if kind == "ExactCapacity":
        return adjustment
    if kind == "ChangeInCapacity":
        return capacity + adjustment
    change = capacity * adjustment / 100
    rounded = int(math.copysign(max(1, abs(int(change))), change)) if change else 0
    least = int(configuration.get("MinAdjustmentMagnitude", 0))
    return capacity + (int(math.copysign(max(least, abs(rounded)), change)) if rounded else 0)


def track(capacity: int, metric: float, target: float) -> int:
    """Return the capacity at which the metric would be at its target, if it is in proportion."""
    return math.ceil(round(capacity * metric / target, 9))
