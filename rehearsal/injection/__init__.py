"""Fault Injection Service: experiments that disturb what really runs, and end by themselves."""

from __future__ import annotations

from rehearsal.injection.mover import InjectionMover
from rehearsal.world import World


def create(world: World) -> InjectionMover:
    """Return the mover of this part of the cloud."""
    return InjectionMover(world)
