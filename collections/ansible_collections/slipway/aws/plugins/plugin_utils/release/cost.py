"""What a release costs beyond what runs anyway: the tasks beside those that serve everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .engines import ROLLING_ENGINE

#: Units of CPU in one, and MiB in a GiB.
UNITS, MIB = 1024, 1024


def task_hour(definition: Mapping[str, Any], prices: Mapping[str, float]) -> float:
    """Return what a task costs an hour in US dollars, by its definition and Fargate's prices; 0 without prices."""
    if not prices:
        return 0.0
    cpu, memory = int(definition["cpu"]) / UNITS, int(definition["memory"]) / MIB
    return cpu * prices["vcpu_hour"] + memory * prices["gib_hour"]


def tasks_beside(engine: str, count: int, maximum_percent: int) -> int:
    """Return how many tasks an engine with one ECS service runs beside those that serve, while both versions run.

    Blue/green has a second set of all tasks; a rolling deployment as many more as the service may have, rounded down.
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html

    Args:
        engine: of the service.
        count: tasks that serve.
        maximum_percent: of the service's deployment configuration.
    """
    return max(0, count * maximum_percent // 100 - count) if engine == ROLLING_ENGINE else count


def extra_cost(steps: Iterable[tuple[float, int]], hour: float) -> float:
    """Return the US dollars of steps, each its minutes and tasks beside the stable ones, at a price an hour."""
    return sum(minutes / 60 * tasks * hour for minutes, tasks in steps)
