"""Checks of waivers of findings in images; as in :mod:`inputs`, pure, a sentence for each mistake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

KEYS = ("finding", "until", "reason", "by")


def waiver_problems(waivers: Sequence[Mapping[str, Any]], today: date | None) -> Iterator[str]:
    """Check that each waiver is whole, that it has not ended, and that no finding has two.

    Args:
        waivers: of the environment.
        today: a waiver whose last day is before it has ended; without it none has.
    """
    names = [_name(index, waiver) for index, waiver in enumerate(waivers)]
    for name, waiver in zip(names, waivers, strict=True):
        yield from _shape_problems(name, waiver)
        yield from _date_problems(name, waiver.get("until", ""), today)
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"release_waivers has {name} {names.count(name)} times; give each finding once"


def _name(index: int, waiver: Mapping[str, Any]) -> str:
    return str(waiver.get("finding") or f"number {index + 1}")


def _shape_problems(name: str, waiver: Mapping[str, Any]) -> Iterator[str]:
    for key in KEYS:
        if not str(waiver.get(key) or "").strip():
            yield f"release_waivers: {name} has no {key}; give {', '.join(KEYS)}"
    for key in waiver:
        if key not in KEYS:
            yield f"release_waivers: {name} has {key!r}; allowed are {', '.join(KEYS)}"


def _date_problems(name: str, until: Any, today: date | None) -> Iterator[str]:
    if not str(until or "").strip():
        return
    try:
        last = date.fromisoformat(str(until))
    except ValueError:
        yield f"release_waivers: until of {name} is {str(until)!r}, which is no day; give one as 2027-01-31"
        return
    if today and last < today:
        yield (
            f"release_waivers: {name} was waived until {last}, which is over; release an image without it and remove"
            " the waiver, or look at it anew and give another day"
        )
