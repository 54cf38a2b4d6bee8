"""Deployments that move traffic from one set of tasks to another: ECS's own strategies, and CodeDeploy's."""

from __future__ import annotations

from rehearsal.deployments.mover import DeploymentsMover
from rehearsal.world import World


def create(world: World) -> DeploymentsMover:
    """Return the mover of this part of the cloud."""
    return DeploymentsMover(world)
