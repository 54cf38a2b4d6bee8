"""ECS tasks as processes."""

from rehearsal.tasks.mover import TaskMover
from rehearsal.world import World


def create(world: World) -> TaskMover:
    """Return the mover of this part of the cloud."""
    return TaskMover(world)
