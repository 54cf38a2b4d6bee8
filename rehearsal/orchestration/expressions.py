"""Schedule expressions: ``rate`` and ``at``.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_RATE = re.compile(r"rate\((\d+) (minute|minutes|hour|hours|day|days)\)")
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
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
