"""What all scalers share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Seen(NamedTuple):
    """Metrics of one minute.

    Attributes:
        requests: of all tasks; tasks: that were healthy; cpu, memory: in per cent.
    """

    requests: float
    tasks: int
    cpu: float
    memory: float


class Scaler(Protocol):
    """Says how many tasks there should be."""

    def decide(self, minute: int, seen: Sequence[Seen], desired: int) -> int:
        """Return the number wanted at the end of a minute.

        Args:
            minute: number of the minute that ends.
            seen: metrics of the minutes that have arrived, oldest first.
            desired: tasks that were wanted so far.
        """
        ...
