"""The capacity of one scalable target: how many tasks its ECS service wants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rehearsal.autoscaling.activities import remember, settle
from rehearsal.world import World


@dataclass
class Cooldowns:
    """Until when a target waits, in virtual seconds, and the capacity that the last scale-out began with."""

    out_until: float = 0.0
    in_until: float = 0.0
    base: int = 0


class Capacity:
    """An ECS service as Application Auto Scaling handles it.

    Args:
        world: the local cloud.
        region: of the target.
        target: moto's scalable target.
        cooldowns: of the target, kept between rounds.
    """

    def __init__(self, world: World, region: str, target: Any, cooldowns: Cooldowns) -> None:
        self.world, self.region, self.target, self.cooldowns = world, region, target, cooldowns
        tasks: Any = world.movers["tasks"]
        self._tasks = tasks
        arn = f"arn:aws:ecs:{region}:{world.account}:{target.resource_id}"
        self._service = self._tasks.services.get(arn)

    @property
    def there(self) -> bool:
        """Whether there is such a service."""
        return self._service is not None and self._service.status == "ACTIVE"

    @property
    def desired(self) -> int:
        """How many tasks the service wants."""
        return int(self._service.desired)

    @property
    def deploying(self) -> bool:
        """Whether a deployment goes on: AWS scales nothing in then.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
        """
        return any(one.state == "IN_PROGRESS" for one in self._service.deployments)

    def suspended(self, what: str) -> bool:
        """Say whether ``DynamicScalingIn``, ``DynamicScalingOut`` or ``ScheduledScaling`` is suspended."""
        return bool(self.target.suspended_state.get(f"{what}Suspended"))

    def change(self, count: int, cause: str) -> None:
        """Have the service want so many tasks, and remember why."""
        with self._tasks.lock:
            self._service.settings["desiredCount"] = count
        self._tasks.changed("ecs", "UpdateService")
        remember(self.world, self.region, self.target.resource_id, f"Setting desired count to {count}.", cause)

    def settle(self) -> None:
        """End the activities that came to their end."""
        running = [task for task in self._tasks.of(self._service) if task.steady]
        settle(self.world, self.region, self.target.resource_id, fulfilled=len(running) == self.desired)

    def scale_out(self, wanted: int, cooldown: float, cause: str) -> None:
        """Add tasks up to the maximum; what a cool-down's beginning added counts."""
        now = self.world.clock.now()
        wanted = min(self.target.max_capacity, max(self.target.min_capacity, wanted))
        if wanted <= self.desired or self.suspended("DynamicScalingOut"):
            return
        if now >= self.cooldowns.out_until:
            self.cooldowns.base = self.desired
        self.cooldowns.out_until, self.cooldowns.in_until = now + cooldown, 0.0
        self.change(wanted, cause)

    @property
    def base(self) -> int:
        """The capacity to which more is added: that before the cool-down, while there is one."""
        return self.cooldowns.base if self.world.clock.now() < self.cooldowns.out_until else self.desired

    def scale_in(self, wanted: int, cooldown: float, cause: str) -> None:
        """Remove tasks down to the minimum, unless a cool-down or a deployment goes on."""
        now = self.world.clock.now()
        wanted = min(self.target.max_capacity, max(self.target.min_capacity, wanted))
        if wanted >= self.desired or self.suspended("DynamicScalingIn") or self.deploying:
            return
        if now >= self.cooldowns.in_until:
            self.cooldowns.in_until = now + cooldown
            self.change(wanted, cause)

    def fit(self, cause: str) -> None:
        """Bring the count within the limits, as a scheduled action does."""
        wanted = min(self.target.max_capacity, max(self.target.min_capacity, self.desired))
        if wanted != self.desired:
            self.change(wanted, cause)
