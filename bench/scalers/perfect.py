"""One who knows what will come: as few tasks as carry it, ordered in time."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from bench.loads import Minute

from .common import Seen


class Perfect:
    """A perfect predictor.

    Args:
        minutes: what will come; spin_up: minutes that a task takes to start.
        least: tasks at least; most: tasks at most.
    """

    def __init__(self, minutes: Sequence[Minute], spin_up: int, least: int, most: int) -> None:
        self._needs = [ceil(one.requests / 60 / one.carries) for one in minutes]
        self._spin_up, self._least, self._most = spin_up, least, most

    def decide(self, minute: int, seen: Sequence[Seen], desired: int) -> int:
        """Return the greatest need until tasks ordered in the next minute would carry."""
        del seen, desired
        coming = self._needs[minute + 1 : minute + 2 + self._spin_up] or self._needs[-1:]
        return max(self._least, min(self._most, max(coming)))
