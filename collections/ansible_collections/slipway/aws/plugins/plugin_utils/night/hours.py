"""Working hours: when an environment wakes up and goes to sleep, and which may not sleep."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from ..resource import ConvergeError
from .place import ASLEEP, AWAKE

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
#: Every field and its value when it is not given; ``None`` where it has to be.
FIELDS: dict[str, Any] = {"wake": None, "sleep": None, "days": DAYS[:5], "timezone": "UTC"}
TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
WEEKS_IN_MONTH = 52 / 12


def night_plan(given: Mapping[str, Any], environment: str, environments: Sequence[str]) -> dict[str, Any]:
    """Return what follows from working hours.

    Args:
        given: ``wake`` and ``sleep``, times of a day as ``HH:MM``; ``days`` on which it is awake between them, and
            ``timezone``. Empty for an environment that does not sleep.
        environment: its name.
        environments: all of them, in the order in which versions go through them; people depend on the last.

    Returns:
        ``cron``, expressions of EventBridge Scheduler by the state that they bring about, empty when it does not sleep;
        ``timezone``; ``running_hours`` a month, 730 when it does not sleep.

    Raises:
        ConvergeError: it may not sleep, or the hours are none.
    """
    if not given:
        return {"cron": {}, "timezone": "UTC", "running_hours": 730}
    _check(given, environment, environments)
    hours = {**FIELDS, **given}
    wake, sleep = (_minutes(hours[name]) for name in ("wake", "sleep"))
    return {
        # On days off too: somebody may have woken it up, or RDS its database.
        "cron": {ASLEEP: _cron(sleep, "* * ?"), AWAKE: _cron(wake, f"? * {','.join(hours['days'])}")},
        "timezone": hours["timezone"],
        "running_hours": round((sleep - wake) / 60 * len(hours["days"]) * WEEKS_IN_MONTH, 1),
    }


def _check(given: Mapping[str, Any], environment: str, environments: Sequence[str]) -> None:
    if environment == environments[-1]:
        raise ConvergeError(
            f"working_hours are set in {environment}, which people depend on: it may not sleep; take them out of"
            f" inventories/{environment}"
        )
    unknown = sorted(set(given) - set(FIELDS))
    if unknown:
        raise ConvergeError(f"working_hours: {unknown[0]} is unknown; there are {', '.join(FIELDS)}")
    for name in ("wake", "sleep"):
        if not TIME.fullmatch(str(given.get(name, ""))):
            raise ConvergeError(f'working_hours.{name} is {given.get(name, "")!r}; give a time such as "07:30", quoted')
    if _minutes(given["wake"]) >= _minutes(given["sleep"]):
        raise ConvergeError(f"working_hours: {given['wake']} is not before {given['sleep']}; they are of one day")
    zone = given.get("timezone", "UTC")
    if zone not in available_timezones():
        raise ConvergeError(f"working_hours.timezone is {zone!r}; give one such as Europe/Berlin, or UTC")
    days = list(given.get("days", DAYS))
    if not days or set(days) - set(DAYS) or len(set(days)) < len(days):
        raise ConvergeError(f"working_hours.days is {days}; give some of {', '.join(DAYS)}, each once")


def _minutes(time: str) -> int:
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def _cron(minutes: int, days: str) -> str:
    return f"cron({minutes % 60} {minutes // 60} {days} *)"
