"""AWS's target tracking on CPU with its defaults, from its documentation.

https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html

Alarms: three minutes above the target; fifteen below nine tenths of it. Cool-downs of 300 s each, the default of ECS.
The new number is in proportion to the metric. While the cool-down after more tasks lasts, what was added counts; a
metric that asks for more than that gets more.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from .common import Seen

TARGET, LOW = 70.0, 63.0
ABOVE, BELOW, COOLDOWN = 3, 15, 5


class Tracking:
    """Target tracking on CPU.

    Args:
        least: tasks at least; most: tasks at most.
    """

    def __init__(self, least: int, most: int) -> None:
        self._least, self._most = least, most
        self._base = 0
        self._out_until = self._in_until = -1

    def decide(self, minute: int, seen: Sequence[Seen], desired: int) -> int:
        """Return the number wanted."""
        cpu = [one.cpu for one in seen[-BELOW:]]
        if len(cpu) >= ABOVE and min(cpu[-ABOVE:]) > TARGET:
            return self._out(minute, cpu[-1], desired)
        if len(cpu) == BELOW and max(cpu) < LOW and minute >= max(self._in_until, self._out_until):
            wanted = max(self._least, ceil(desired * cpu[-1] / TARGET))
            if wanted < desired:
                self._in_until = minute + COOLDOWN
            return min(desired, wanted)
        return desired

    def _out(self, minute: int, cpu: float, desired: int) -> int:
        if minute >= self._out_until:
            self._base = desired
        wanted = min(self._most, max(desired, ceil(self._base * cpu / TARGET)))
        if wanted > desired:
            self._out_until = minute + COOLDOWN
        return wanted
