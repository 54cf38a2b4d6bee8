"""Schedules of scaling: whether a cron expression means a minute.

https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
"""

from __future__ import annotations

import calendar
import re
from datetime import datetime

_FIELDS = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
#: AWS counts weekdays from Sunday, 1, to Saturday, 7.
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_WEEK = 7


class CronError(ValueError):
    """An expression that AWS refuses."""


def means(expression: str, at: datetime) -> bool:
    """Say whether a cron expression means the minute of a local time.

    Raises:
        CronError: it is none.
    """
    found = _FIELDS.fullmatch(expression)
    if found is None:
        raise CronError(f"Invalid Schedule Expression: {expression}")
    minute, hour, day, month, weekday, year = found.groups()
    if (day == "?") == (weekday == "?"):
        raise CronError(f"Invalid Schedule Expression: {expression}: one of day-of-month and day-of-week is ?")
    plain = [
        _among(minute, at.minute, 0, 59),
        _among(hour, at.hour, 0, 23),
        _among(month, at.month, 1, 12, _MONTHS),
        _among(year, at.year, 1970, 2199),
    ]
    on_day = _on_day(day, at) if weekday == "?" else _on_weekday(weekday, at)
    return all(plain) and on_day


def _among(field: str, value: int, least: int, most: int, names: dict[str, int] | None = None) -> bool:
    return any(_within(part, value, least, most, names or {}) for part in field.split(","))


def _within(part: str, value: int, least: int, most: int, names: dict[str, int]) -> bool:
    span, _, pace = part.partition("/")
    low, dash, high = span.partition("-")
    if span == "*":
        start, end = least, most
    else:
        start = _number(low, names)
        end = _number(high, names) if dash else most if pace else start
    if not least <= start <= end <= most:
        raise CronError(f"Invalid Schedule Expression: {part} is not from {least} to {most}")
    return start <= value <= end and (value - start) % int(pace or 1) == 0


def _number(text: str, names: dict[str, int]) -> int:
    if text.upper() in names:
        return names[text.upper()]
    if not text.isdecimal():
        raise CronError(f"Invalid Schedule Expression: {text} is no number")
    return int(text)


def _on_day(field: str, at: datetime) -> bool:
    last = calendar.monthrange(at.year, at.month)[1]
    if field == "L":
        return at.day == last
    if field.endswith("W"):
        return at.day == _workday(at, _number(field[:-1], {}), last)
    return _among(field, at.day, 1, 31)


def _workday(at: datetime, day: int, last: int) -> int:
    """Return the working day nearest to a day, in the same month."""
    choices = [one for one in range(1, last + 1) if at.replace(day=one).weekday() < _DAYS["FRI"] - 1]
    return min(choices, key=lambda one: (abs(one - day), one))


def _on_weekday(field: str, at: datetime) -> bool:
    today = at.isoweekday() % _WEEK + 1
    if "#" in field:
        day, _, number = field.partition("#")
        return today == _number(day, _DAYS) and (at.day - 1) // _WEEK + 1 == int(number)
    if field.endswith("L") and field != "L":
        last = calendar.monthrange(at.year, at.month)[1]
        return today == _number(field[:-1], _DAYS) and at.day + _WEEK > last
    return _among("7" if field == "L" else field, today, 1, _WEEK, _DAYS)
