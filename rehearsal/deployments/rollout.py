"""What is known of one deployment by a strategy that moves traffic."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.deployments.steps import Step
from rehearsal.tasks.model import Deployment, Service
from rehearsal.tasks.scheduler import pair_of
from rehearsal.world import World

#: Minutes that a hook waits when it says nothing, and what happens then.
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html
PATIENCE, AFTERWARDS = 1440, "ROLLBACK"
WAITING = "AWAITING_ACTION"


@dataclass
class Hook:
    """A PAUSE hook that a deployment has reached; times are virtual seconds."""

    expires_at: float
    timeout_action: str
    status: str = WAITING
    id: str = field(default_factory=lambda: f"ecs-pause-{secrets.token_urlsafe(32)}")


@dataclass
class Rollout:
    """A deployment that moves traffic.

    Attributes:
        deployment: the new (green) revision; source: the old (blue) one, ``None`` at the first deployment.
        steps: of production traffic; step: how many of them were taken.
        stage: lifecycle stage; entered: virtual time of its begin.
        desired: desired count of the service when it was last looked at.
        production, test: per cent of either traffic that the new revision has.
        hooks: those of the present stage.
        rang: alarms that rang while they were watched.
        stop: why it is to be rolled back with the next step, empty for not.
        rolled_back_at: virtual time when it began to be rolled back.
        over: whether nothing more happens.
    """

    service: Service
    deployment: Deployment
    source: Deployment | None
    steps: list[Step]
    entered: float
    desired: int
    stage: str
    step: int = 0
    production: float = 0.0
    test: float = 0.0
    hooks: list[Hook] = field(default_factory=list)
    rang: list[str] = field(default_factory=list)
    stop: str = ""
    rolled_back_at: float | None = None
    over: bool = False

    def begin_hooks(self, now: float) -> None:
        """Reach the hooks of the present stage."""
        for one in self.deployment.configuration.get("lifecycleHooks", []):
            if self.stage in one["lifecycleStages"]:
                waits: Mapping[str, Any] = one.get("timeoutConfiguration", {})
                until = now + 60 * waits.get("timeoutInMinutes", PATIENCE)
                self.hooks.append(Hook(until, waits.get("action", AFTERWARDS)))

    def counterpart(self, group: str) -> str:
        """Return the other target group of the pair that one belongs to."""
        pairs = [pair_of(entry) for entry in self.deployment.settings.get("loadBalancers", [])]
        return next(other for pair in pairs if group in pair for other in pair if other != group)

    @property
    def waiting(self) -> bool:
        """Whether a hook of the present stage waits."""
        return any(hook.status == WAITING for hook in self.hooks)

    @property
    def stoppable(self) -> bool:
        """Whether it can still be rolled back: what it replaces is not being removed."""
        return self.deployment.outcome in {"PENDING", "IN_PROGRESS"} and self.stage != "CLEAN_UP"


def rollouts(world: World) -> dict[str, Rollout]:
    """Return the rollouts of a cloud by the ids of their deployments."""
    return world.kept("ecs.rollouts")
