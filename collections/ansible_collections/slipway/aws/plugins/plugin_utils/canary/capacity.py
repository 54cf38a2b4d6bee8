"""How many tasks each version needs for its share of the traffic."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from .numbers import number, whole

FILTER = "canary_capacity"


def canary_capacity(desired: int, share: float, hold_back: float = 5, headroom: float = 0) -> dict[str, int]:
    """Return the tasks that both versions need before a step is taken.

    Args:
        desired: tasks that serve all traffic now.
        share: percent of the traffic that the candidate will get; 100 is followed by the promotion, so it needs all.
        hold_back: percent that stays on stable during the step of 100.
        headroom: percent of tasks on top, for a fleet that is smaller is less even.

    Returns:
        ``candidate`` and ``stable``, both at least 1. To be able to take everything back at once, leave stable at
        ``desired`` until the promotion.

    Raises:
        CanaryError: a number is outside of what is allowed.
    """
    tasks = whole(f"{FILTER}: desired", desired, 1, 5000)
    wanted = number(f"{FILTER}: share", share, 0, 100)
    held = number(f"{FILTER}: hold_back", hold_back, 0, 50)
    spare = number(f"{FILTER}: headroom", headroom, 0, 400)
    return {
        "candidate": _tasks(tasks, wanted, spare),
        "stable": _tasks(tasks, max(100 - wanted, held), spare),
    }


def _tasks(desired: int, share: float, headroom: float) -> int:
    # In fractions: 10 % of 10 tasks is one task, and not a hair more that would be rounded up to two.
    exact = desired * Fraction(str(share)) / 100 * (1 + Fraction(str(headroom)) / 100)
    return max(1, ceil(exact))
