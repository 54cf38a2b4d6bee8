"""What a release costs beyond what runs anyway: the candidate's tasks beside those of the stable version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

#: Units of CPU in one, and MiB in a GiB.
UNITS, MIB = 1024, 1024


def task_hour(definition: Mapping[str, Any], prices: Mapping[str, float]) -> float:
    """Return what a task costs an hour in US dollars, by its definition and Fargate's prices; 0 without prices."""
    if not prices:
        return 0.0
    cpu, memory = int(definition["cpu"]) / UNITS, int(definition["memory"]) / MIB
    return cpu * prices["vcpu_hour"] + memory * prices["gib_hour"]


def extra_cost(steps: Iterable[tuple[float, int]], hour: float) -> float:
    """Return the US dollars of steps, each its minutes and tasks beside the stable ones, at a price an hour."""
    return sum(minutes / 60 * tasks * hour for minutes, tasks in steps)
