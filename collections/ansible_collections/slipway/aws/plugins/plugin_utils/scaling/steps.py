"""Step scaling as Application Auto Scaling does it, and the steps that never make a service flap.

https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html

A load is in per cent of the limit at which tasks are added. Spare is the load that there would be with one task fewer,
in per cent of what is allowed then: below 100, a task can go.
"""

from __future__ import annotations

from math import ceil, floor, trunc
from typing import Any, NamedTuple

#: With one task fewer, the load must stay below this many per cent of the limit.
FEWER = 90.0
#: A step out leaves at least this load, so nothing goes again; a step in at most the other, so nothing is added again.
LEFT, AFTER = 94.0, 96.0


class Step(NamedTuple):
    """From which value on the number of tasks changes by how many per cent; at most up to the next step's value."""

    at: float
    percent: int


#: Tasks are added in proportion: at 190 % of the limit there have to be twice as many.
OUT = tuple(Step(at, floor(100 * at / LEFT) - 100) for at in (100, 110, 125, 150, 190, 285, 475, 950))
#: Load from which one minute is enough to act.
SURGE = 150.0
#: Per cent of CPU at which nobody knows how much more there would be to do.
SATURATED = 95.0
IN = tuple(Step(at, ceil(at * FEWER / AFTER) - 100) for at in (100, 85, 70, 50))


def blind_steps(cpu_out: float, memory: float) -> tuple[Step, ...]:
    """Return steps for who sees CPU and memory only, which end at 100 %: twice as many when CPU is all used.

    Half of 95 % is above what tasks go below (`cpu_in` is less than half of `cpu_out`), so nothing goes again. Memory
    never gets that far: the step begins above what all of it is in per cent of its limit.

    Args:
        cpu_out: limit of CPU, per cent.
        memory: limit of memory, per cent.
    """
    at = max(100 * SATURATED / cpu_out, 100 * 100 / memory + 1)
    twice = Step(round(at, 2), 100)
    before, after = [step for step in OUT if step.at < at], [step for step in OUT if step.at > at]
    return (*before, twice, *(step for step in after if step.percent > twice.percent))


def changed(count: int, percent: float, least: int, most: int) -> int:
    """Return a number of tasks changed by per cent, rounded as AWS does: towards zero, but never to no change."""
    change = count * percent / 100
    whole = trunc(change) if abs(change) >= 1 else (change > 0) - (change < 0)
    return max(least, min(most, count + whole))


def more(count: int, load: float, least: int, most: int, steps: tuple[Step, ...] = OUT) -> int:
    """Return the number of tasks that a load asks for; the same number below the first step."""
    found = [step for step in steps if load >= step.at]
    return max(count, changed(count, found[-1].percent, least, most)) if found else count


def fewer(count: int, spare: float, least: int, most: int, steps: tuple[Step, ...] = IN) -> int:
    """Return the number of tasks that is enough; the same number without spare ones."""
    found = [step for step in steps if spare < step.at]
    return min(count, changed(count, found[-1].percent, least, most)) if found else count


def out_configuration(steps: tuple[Step, ...], threshold: float, cooldown: int) -> dict[str, Any]:
    """Return AWS's configuration of a policy that adds tasks; bounds are distances from the alarm's threshold."""
    ends = [*(step.at - threshold for step in steps[1:]), None]
    adjustments = [_adjustment(step.at - threshold, end, step.percent) for step, end in zip(steps, ends, strict=True)]
    return _configuration(adjustments, cooldown)


def in_configuration(steps: tuple[Step, ...], threshold: float, cooldown: int) -> dict[str, Any]:
    """Return AWS's configuration of a policy that removes tasks."""
    starts = [*(step.at - threshold for step in steps[1:]), None]
    adjustments = [
        _adjustment(start, step.at - threshold, step.percent) for step, start in zip(steps, starts, strict=True)
    ]
    return _configuration(adjustments, cooldown)


def _adjustment(lower: float | None, upper: float | None, percent: int) -> dict[str, Any]:
    bounds = {"MetricIntervalLowerBound": lower, "MetricIntervalUpperBound": upper}
    known = {name: round(value, 2) for name, value in bounds.items() if value is not None}
    return {**known, "ScalingAdjustment": percent}


def _configuration(adjustments: list[dict[str, Any]], cooldown: int) -> dict[str, Any]:
    return {
        "AdjustmentType": "PercentChangeInCapacity",
        "StepAdjustments": adjustments,
        "MinAdjustmentMagnitude": 1,
        "Cooldown": cooldown,
        "MetricAggregationType": "Average",
    }
