"""CodeDeploy by itself: event by event, while the clock runs."""

from __future__ import annotations

from typing import Any

from rehearsal.codedeploy.engine import Engine
from rehearsal.codedeploy.model import TRUSTED, deployments
from rehearsal.deployments.traffic import Traffic
from rehearsal.loop import Loop
from rehearsal.tasks.mover import SHORTEST_TICK, TICK, TaskMover
from rehearsal.world import World


class CodeDeployMover:
    """Moves traffic as CodeDeploy's deployments go on.

    Args:
        world: the local cloud; its tasks' mover is there already.
    """

    name = "codedeploy"

    def __init__(self, world: World) -> None:
        self.world = world
        tasks = world.movers["tasks"]
        if not isinstance(tasks, TaskMover):
            raise TypeError(f"CodeDeploy needs a TaskMover; the mover of tasks is a {type(tasks).__name__}")
        self.tasks = tasks
        self.engine = Engine(tasks, Traffic(world, TRUSTED))
        self._loop = Loop("codedeploy", self._act, lambda: max(SHORTEST_TICK, world.clock.real(TICK)))

    def start(self) -> None:
        """Begin to act."""
        self._loop.start()

    def changed(self, service: str, operation: str) -> None:
        """Wake up for what concerns deployments."""
        del operation
        if service == "codedeploy":
            self._loop.wake()

    def stop(self) -> None:
        """Act no more."""
        self._loop.stop()

    def status(self) -> list[dict[str, Any]]:
        """Return a row a deployment in progress."""
        return [
            {
                "deployment": one.id,
                "service": one.service.name,
                "event": one.phase,
                "production": f"{one.production:g} %",
            }
            for one in deployments(self.world).values()
            if one.active
        ]

    def _act(self) -> None:
        with self.tasks.lock:
            self.engine.act()
