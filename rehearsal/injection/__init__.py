"""Fault Injection Service: experiments that disturb what really runs, and end by themselves.

Other parts ask what is cut off, so it imports nothing before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rehearsal.injection.mover import InjectionMover
    from rehearsal.world import World


def create(world: World) -> InjectionMover:
    """Return the mover of this part of the cloud."""
    from rehearsal.injection.mover import InjectionMover  # noqa: PLC0415  see above

    return InjectionMover(world)
