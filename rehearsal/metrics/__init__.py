"""CloudWatch: statistics, metric maths, the rules of alarms, and what collects and evaluates."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rehearsal.metrics.mover import MetricsMover
    from rehearsal.world import World


def create(world: World) -> MetricsMover:
    """Return the mover of this part of the cloud."""
    from rehearsal.metrics.mover import MetricsMover  # noqa: PLC0415  the edge process takes the histogram only

    return MetricsMover(world)
