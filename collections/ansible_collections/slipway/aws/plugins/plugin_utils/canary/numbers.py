"""What the maths is given, checked: each sentence says whose input it is, what was got and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

from ..nearest import nearest


class CanaryError(ValueError):
    """An input that is not allowed; begins with the name of the filter or variable it was given to."""


def number(where: str, value: Any, least: float, most: float) -> float:
    """Return a number within bounds, both included.

    Raises:
        CanaryError: it is none, or lies outside.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise CanaryError(f"{where} is {value!r}; a number is allowed, from {least:g} to {most:g}")
    if not least <= value <= most:
        raise CanaryError(f"{where} is {value:g}; from {least:g} to {most:g} is allowed")
    return float(value)


def whole(where: str, value: Any, least: int, most: int = 10**12) -> int:
    """Return a whole number within bounds, both included.

    Raises:
        CanaryError: it is none, or lies outside.
    """
    if number(where, value, least, most) != int(value):
        raise CanaryError(f"{where} is {value:g}; a whole number is allowed, from {least} to {most}")
    return int(value)


def known(where: str, names: Iterable[str], allowed: Iterable[str]) -> None:
    """Check that all names are allowed ones.

    Raises:
        CanaryError: one is not; with the nearest that is.
    """
    choices = list(allowed)
    for name in names:
        if name not in choices:
            hint = nearest(name, choices, f"allowed are {', '.join(choices)}")
            raise CanaryError(f"{where} has no key {name!r}; {hint}")
