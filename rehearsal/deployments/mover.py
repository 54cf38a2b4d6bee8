"""Deployments by themselves: stage by stage, while the clock runs."""

from __future__ import annotations

from typing import Any

from rehearsal.deployments.driver import Driver
from rehearsal.deployments.rollout import rollouts
from rehearsal.deployments.traffic import Traffic
from rehearsal.loop import Loop
from rehearsal.tasks.mover import SHORTEST_TICK, TICK, TaskMover
from rehearsal.world import World

FOLLOWED = ("ecs", "codedeploy")


class DeploymentsMover:
    """Moves traffic as deployments go on.

    Args:
        world: the local cloud; its tasks' mover is there already.
    """

    name = "deployments"

    def __init__(self, world: World) -> None:
        self.world = world
        tasks = world.movers["tasks"]
        if not isinstance(tasks, TaskMover):
            raise TypeError(f"deployments need a TaskMover; the mover of tasks is a {type(tasks).__name__}")
        self.tasks = tasks
        self.driver = Driver(tasks, Traffic(world, "ecs.amazonaws.com"))
        self._loop = Loop("deployments", self._act, lambda: max(SHORTEST_TICK, world.clock.real(TICK)))

    def start(self) -> None:
        """Begin to act."""
        self._loop.start()

    def changed(self, service: str, operation: str) -> None:
        """Wake up for what concerns deployments."""
        del operation
        if service in FOLLOWED:
            self._loop.wake()

    def stop(self) -> None:
        """Act no more."""
        self._loop.stop()

    def status(self) -> list[dict[str, Any]]:
        """Return a row a deployment in progress."""
        return [
            {
                "service": one.service.name,
                "strategy": one.deployment.kind,
                "stage": one.stage,
                "production": f"{one.production:g} %",
            }
            for one in rollouts(self.world).values()
            if not one.over
        ]

    def _act(self) -> None:
        with self.tasks.lock:
            self.driver.act()
