"""Schedule expressions: ``rate``, ``at`` and ``cron``.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rehearsal.autoscaling.cron import CronError, means

_RATE = re.compile(r"rate\((\d+) (minute|minutes|hour|hours|day|days)\)")
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
#: Minutes that are looked through for the next one of a ``cron``.
LONGEST_GAP = 9 * 24 * 60
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


def interval(expression: str) -> int | None:
    """Return the seconds between two invocations of a rate, ``None`` for what is no rate that AWS takes."""
    found = _RATE.fullmatch(expression)
    if found is None or int(found[1]) < 1:
        return None
    return int(found[1]) * _SECONDS[found[2].removesuffix("s")]


def moment(expression: str, zone: str) -> float | None:
    """Return the seconds since 1970 of a one-time schedule, ``None`` for what is none."""
    found = _AT.fullmatch(expression)
    if found is None:
        return None
    at = datetime.fromisoformat(found[1]).replace(tzinfo=ZoneInfo(zone) if zone != "UTC" else UTC)
    return at.timestamp()


def is_cron(expression: str) -> bool:
    """Say whether an expression is a ``cron`` that AWS takes."""
    try:
        means(expression, datetime.now(UTC))
    except CronError:
        return False
    return True


def next_of_cron(expression: str, zone: str, after: float) -> float | None:
    """Return the first minute after a moment that a ``cron`` means, in seconds since 1970.

    ``None`` when there is none within nine days, which is more than a week of anybody's evenings.
    """
    first = (int(after) // 60 + 1) * 60
    at = datetime.fromtimestamp(first, ZoneInfo(zone) if zone != "UTC" else UTC)
    for minutes in range(LONGEST_GAP):
        if means(expression, at + timedelta(minutes=minutes)):
            return float(first + 60 * minutes)
    return None
