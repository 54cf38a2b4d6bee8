"""When scheduled actions of Application Auto Scaling act: those of a stretch of time, the last one first.

https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_CRON = re.compile(r"cron\((.+)\)")
_AT = re.compile(r"at\((.+)\)")
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
#: Sunday is 1.
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
MINUTE = timedelta(minutes=1)


def missed(actions: Sequence[Mapping[str, Any]], since: float, until: float) -> dict[str, int]:
    """Return the limits that scheduled actions would have set: of each limit the last one.

    Args:
        actions: as AWS describes them.
        since: seconds since 1970, not included.
        until: seconds since 1970, included.
    """
    limits: dict[str, int] = {}
    for minute in _minutes(since, until):
        for action in actions:
            if _acts(action, minute):
                limits |= {name: int(value) for name, value in action["ScalableTargetAction"].items()}
    return limits


def _minutes(since: float, until: float) -> Iterator[datetime]:
    at = datetime.fromtimestamp(since, UTC).replace(second=0, microsecond=0) + MINUTE
    while at.timestamp() <= until:
        yield at
        at += MINUTE


def _acts(action: Mapping[str, Any], minute: datetime) -> bool:
    begin, end = action.get("StartTime"), action.get("EndTime")
    if (begin and minute < begin) or (end and minute > end):
        return False
    schedule, here = action["Schedule"], minute.astimezone(ZoneInfo(action.get("Timezone") or "UTC"))
    once, rate, cron = (pattern.fullmatch(schedule) for pattern in (_AT, _RATE, _CRON))
    if once:
        return here.replace(tzinfo=None) == datetime.fromisoformat(once[1]).replace(second=0)
    if rate:
        first: datetime = (begin or action["CreationTime"]).replace(second=0, microsecond=0)
        past = (minute - first).total_seconds()
        return past > 0 and past % (int(rate[1]) * _SECONDS[rate[2]]) == 0
    return bool(cron) and cron_means(schedule[len("cron(") : -1], here)


def cron_means(fields: str, at: datetime) -> bool:
    """Say whether a minute of local time is meant by the six fields of a cron expression."""
    minute, hour, day, month, weekday, year = fields.split()
    last = monthrange(at.year, at.month)[1]
    return (
        at.minute in _values(minute, range(60))
        and at.hour in _values(hour, range(24))
        and at.month in _values(_numbers(month, _MONTHS), range(1, 13))
        and at.year in _values(year, range(1970, 2200))
        and (day == "?" or at.day in _days(day, at, last))
        and (weekday == "?" or _on(_numbers(weekday, _DAYS), at, last))
    )


def _numbers(field: str, names: Sequence[str]) -> str:
    """Return a field with names replaced by their numbers, from 1."""
    for number, name in enumerate(names, 1):
        field = re.sub(name, str(number), field, flags=re.IGNORECASE)
    return field


def _values(field: str, allowed: range) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, pace = part.partition("/")
        bounds = [allowed[0], allowed[-1]] if span == "*" else [int(number) for number in span.split("-")]
        last = bounds[-1] if len(bounds) > 1 else allowed[-1] if pace else bounds[0]
        found |= set(range(bounds[0], last + 1, int(pace or 1)))
    return found


def _days(field: str, at: datetime, last: int) -> set[int]:
    if field == "L":
        return {last}
    if not field.endswith("W"):
        return _values(field, range(1, 32))
    wanted = int(field[:-1])
    working = [number for number in range(1, last + 1) if at.replace(day=number).isoweekday() <= len(_DAYS) - 2]
    return {min(working, key=lambda number: abs(number - wanted))}


def _on(field: str, at: datetime, last: int) -> bool:
    week = len(_DAYS)
    today = at.isoweekday() % week + 1
    if "#" in field:
        wanted, number = map(int, field.split("#"))
        return today == wanted and (at.day - 1) // week + 1 == number
    if field.endswith("L"):
        return today == int(field[:-1] or week) and (field == "L" or at.day > last - week)
    return today in _values(field, range(1, week + 1))
