"""Alarm states from data points: pure.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

OK, ALARM, INSUFFICIENT = "OK", "ALARM", "INSUFFICIENT_DATA"
#: CloudWatch looks further back than the evaluation periods; its example for three periods looks at five.
LOOKS_BACK = 2

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def decide(points: Sequence[bool | None], periods: int, needed: int, missing: str, current: str) -> str:
    """Return the state of an alarm.

    Args:
        points: whether each data point of the evaluation range breaches, oldest first; ``None`` where there is none.
        periods: evaluation periods, N.
        needed: data points to alarm, M.
        missing: how missing data are treated.
        current: the state so far.
    """
    present = [point for point in points if point is not None]
    lacking = max(0, periods - len(present))
    breaching = sum(present[-periods:])
    if not lacking:
        return ALARM if breaching >= needed else OK
    if missing == "breaching":
        return ALARM if breaching + lacking >= needed else OK
    if missing == "notBreaching" or breaching >= needed:
        return ALARM if breaching >= needed else OK
    if not present:
        return current if missing == "ignore" else INSUFFICIENT
    return _intermittent(points, present, needed, missing, current)


def _intermittent(
    points: Sequence[bool | None], present: Sequence[bool], needed: int, missing: str, current: str
) -> str:
    """Decide with less data than evaluation periods: one good point is OK, bad ones count only when old enough."""
    if not all(present):
        return OK
    age = len(points) - points.index(True)
    return ALARM if missing == "missing" and age >= needed else current
