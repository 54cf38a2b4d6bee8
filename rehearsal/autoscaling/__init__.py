"""Application Auto Scaling: policies and schedules that change how many tasks ECS services want."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rehearsal.autoscaling.mover import ScalingMover
    from rehearsal.world import World


def create(world: World) -> ScalingMover:
    """Return the mover of this part of the cloud."""
    from rehearsal.autoscaling.mover import ScalingMover  # noqa: PLC0415  as in the other packages

    return ScalingMover(world)
