"""RDS instances as real PostgreSQL servers."""

from rehearsal.databases.mover import DatabaseMover
from rehearsal.world import World


def create(world: World) -> DatabaseMover:
    """Return the mover of this part of the cloud."""
    return DatabaseMover(world)
