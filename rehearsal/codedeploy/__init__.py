"""CodeDeploy for ECS: two task sets of a service, and traffic that moves from one to the other."""

from __future__ import annotations

from rehearsal.codedeploy.mover import CodeDeployMover
from rehearsal.world import World


def create(world: World) -> CodeDeployMover:
    """Return the mover of this part of the cloud."""
    return CodeDeployMover(world)
