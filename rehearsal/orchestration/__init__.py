"""EventBridge Scheduler and Step Functions: schedules that fire, and state machines that run."""

from __future__ import annotations

from rehearsal.orchestration.mover import ScheduleMover
from rehearsal.world import World


def create(world: World) -> ScheduleMover:
    """Return the mover of this part of the cloud."""
    return ScheduleMover(world)
