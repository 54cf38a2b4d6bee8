"""Mistakes in what a service declares of its scaling, found before any call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from typing import Any

from ..canary.numbers import CanaryError
from .intent import FILTER, WHOLE, Intent, intent
from .schedules import check_schedule

PREFIX = "autoscaling_"


def scaling_problems(host: str, given: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each mistake.

    Args:
        host: a service.
        given: its variables ``autoscaling_*`` that the inventory sets.
    """
    names = [field.name for field in fields(Intent)]
    try:
        intent({name: _number(name, given[PREFIX + name]) for name in names if PREFIX + name in given})
    except CanaryError as error:
        yield f"{host}: {str(error).replace(f'{FILTER}: ', PREFIX)}"
    for place, schedule in enumerate(given.get("autoscaling_schedules") or []):
        for text in _schedule_problems(schedule):
            yield f"{host}: autoscaling_schedules[{place}].{text}"


def _number(name: str, value: Any) -> Any:
    """Return a number that came as text, as from the command line."""
    with suppress(TypeError, ValueError):
        return int(value) if name in WHOLE and not isinstance(value, float) else float(value)
    return value


def _schedule_problems(schedule: Mapping[str, Any]) -> Iterator[str]:
    if int(schedule["minimum"]) > int(schedule["maximum"]):
        yield f"minimum is {schedule['minimum']}, above its maximum, which is {schedule['maximum']}"
    try:
        check_schedule(str(schedule["schedule"]), str(schedule.get("timezone", "UTC")))
    except ValueError as error:
        yield str(error)
