"""Application Auto Scaling made to move: schedules change limits, policies change counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from moto.backends import get_backend

from rehearsal.autoscaling.activities import told
from rehearsal.autoscaling.capacity import Capacity, Cooldowns
from rehearsal.autoscaling.cron import means
from rehearsal.autoscaling.policies import Policies
from rehearsal.loop import Loop
from rehearsal.orchestration.expressions import interval, moment
from rehearsal.world import World

#: Virtual seconds between rounds, and real ones at least.
TICK, SHORTEST = 5.0, 0.1
MINUTE = 60
#: Virtual minutes that are caught up with, at most, when the machine was too busy.
FURTHEST_BACK = 60


class ScalingMover:
    """Application Auto Scaling by itself, of ECS services.

    Args:
        world: the local cloud.
    """

    name = "autoscaling"

    def __init__(self, world: World) -> None:
        self.world = world
        self._policies = Policies(world)
        self._cooldowns: defaultdict[str, Cooldowns] = defaultdict(Cooldowns)
        self._minute = int(world.clock.now()) // MINUTE
        self._loop = Loop("autoscaling", self._round, lambda: max(SHORTEST, world.clock.real(TICK)))

    def start(self) -> None:
        """Begin to scale."""
        self._loop.start()

    def changed(self, service: str, operation: str) -> None:
        """Take no note: the next round sees what changed."""
        del service, operation

    def stop(self) -> None:
        """Scale no more."""
        self._loop.stop()

    def status(self) -> list[dict[str, Any]]:
        """Return a row a target: its limits, the count, and what was done last."""
        return [
            {
                "target": one.target.resource_id,
                "desired": one.desired,
                "limits": f"{one.target.min_capacity} to {one.target.max_capacity}",
                "last": next((each["Cause"] for each in self._told(one)), "-"),
            }
            for one in self._capacities()
        ]

    def _told(self, one: Capacity) -> list[dict[str, Any]]:
        return [each for each in told(self.world, one.region) if each["ResourceId"] == one.target.resource_id]

    def _capacities(self) -> Iterator[Capacity]:
        for region, backend in self._regions():
            for target in list(backend.targets.get("ecs:service:DesiredCount", {}).values()):
                one = Capacity(self.world, region, target, self._cooldowns[target.arn])
                if one.there:
                    yield one

    def _regions(self) -> list[tuple[str, Any]]:
        return list(dict.items(get_backend("applicationautoscaling")[self.world.account]))

    def _round(self) -> None:
        now = int(self.world.clock.now()) // MINUTE
        minutes = range(max(self._minute, now - FURTHEST_BACK) + 1, now + 1)
        self._minute = now
        backends = dict(self._regions())
        for one in self._capacities():
            backend, resource = backends[one.region], one.target.resource_id
            for action in [each for each in list(backend.scheduled_actions) if each.resource_id == resource]:
                if any(_fires(action, minute) for minute in minutes) and not one.suspended("ScheduledScaling"):
                    _limit(one, action)
            self._policies.act(one, [each for each in list(backend.policies.values()) if each.resource_id == resource])
            one.settle()


def _limit(one: Capacity, action: Any) -> None:
    """Set the limits of a scheduled action, and bring the count between them."""
    limits = action.scalable_target_action
    low = limits.get("MinCapacity", one.target.min_capacity)
    high = limits.get("MaxCapacity", one.target.max_capacity)
    one.target.update(low, high, None)
    one.fit(f"scheduled action name {action.scheduled_action_name} was triggered")


def _fires(action: Any, minute: int) -> bool:
    """Say whether a scheduled action is due in a virtual minute since 1970."""
    begun, end = (_seconds(getattr(action, name)) for name in ("start_time", "end_time"))
    second = minute * MINUTE
    if (begun is not None and second < begun) or (end is not None and second > end):
        return False
    every, zone = interval(action.schedule), action.timezone or "UTC"
    if every is not None:
        first = begun if begun is not None else float(action.creation_time)
        return minute > first // MINUTE and (minute - int(first // MINUTE)) % (every // MINUTE) == 0
    once = moment(action.schedule, zone)
    if once is not None:
        return int(once) // MINUTE == minute
    return means(action.schedule, datetime.fromtimestamp(second, UTC).astimezone(ZoneInfo(zone)))


def _seconds(value: Any) -> float | None:
    if value is None or isinstance(value, int | float):
        return value
    return float(value.timestamp()) if isinstance(value, datetime) else datetime.fromisoformat(str(value)).timestamp()
