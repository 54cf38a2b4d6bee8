"""ECS tasks as real processes, from images of a catalogue.

The programs of the images lie in this package too and must start fast, so it imports nothing before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rehearsal.tasks.mover import TaskMover
    from rehearsal.world import World


def create(world: World) -> TaskMover:
    """Return the mover of this part of the cloud."""
    from rehearsal.tasks.mover import TaskMover  # noqa: PLC0415  see above

    return TaskMover(world)
