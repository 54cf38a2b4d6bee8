"""What the policies of one target want, from the alarms that ring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from rehearsal.autoscaling.adjusting import step, track
from rehearsal.autoscaling.capacity import Capacity
from rehearsal.metrics.alarm import Alarm
from rehearsal.metrics.evaluation import ALARM
from rehearsal.metrics.judging import latest
from rehearsal.metrics.kept import alarms, metrics
from rehearsal.metrics.store import MINUTE
from rehearsal.world import World

STEPS, TRACKING = "StepScaling", "TargetTrackingScaling"
#: Seconds of a cool-down that is not said, for ECS services.
COOLDOWN = 300


class Wish(NamedTuple):
    """What one policy wants.

    Attributes:
        tasks: how many; cooldown: seconds; cause: as AWS words it.
    """

    tasks: int
    cooldown: float
    cause: str


class Policies:
    """Policies of a cloud: an alarm that goes on ringing acts once a minute.

    Args:
        world: the local cloud.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self._acted: dict[tuple[str, str], float] = {}

    def act(self, capacity: Capacity, policies: Iterable[Any]) -> None:
        """Change the capacity as the policies want: out when any does, else in to the most that one asks for."""
        known = list(policies)
        wishes = list(self._wishes(capacity, known))
        more = [wish for wish in wishes if wish.tasks > capacity.desired]
        fewer = [wish for wish in wishes if wish.tasks < capacity.desired]
        if more:
            capacity.scale_out(*max(more))
        elif fewer and self._agree(capacity.region, known):
            capacity.scale_in(*max(fewer))

    def _wishes(self, capacity: Capacity, policies: Iterable[Any]) -> Iterator[Wish]:
        for policy in policies:
            for alarm in self._ringing(capacity.region, policy.policy_arn):
                if self._is_due(policy.policy_arn, alarm):
                    value = latest(metrics(self.world), alarm, int(self.world.clock.now()))
                    if value is not None:
                        yield _wish(capacity, policy, alarm, value)

    def _ringing(self, region: str, arn: str) -> list[Alarm]:
        there = list(alarms(self.world, region).values())
        return [one for one in there if one.state_value == ALARM and one.actions_enabled and arn in one.actions()]

    def _is_due(self, arn: str, alarm: Alarm) -> bool:
        now, key = self.world.clock.now(), (arn, alarm.name)
        before = self._acted.get(key, 0.0)
        if alarm.transitioned <= before and now - before < MINUTE:
            return False
        self._acted[key] = now
        return True

    def _agree(self, region: str, policies: Iterable[Any]) -> bool:
        """Say whether all target tracking policies that may scale in want to; step scaling asks nobody.

        https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
        """
        tracking = [
            one
            for one in policies
            if one.policy_type == TRACKING
            and not one.target_tracking_scaling_policy_configuration.get("DisableScaleIn")
        ]
        return all(self._wants_fewer(region, one.policy_arn) for one in tracking)

    def _wants_fewer(self, region: str, arn: str) -> bool:
        return any("-AlarmLow-" in alarm.name for alarm in self._ringing(region, arn))


def _wish(capacity: Capacity, policy: Any, alarm: Alarm, value: float) -> Wish:
    cause = f"monitor alarm {alarm.name} in state ALARM triggered policy {policy.policy_name}"
    if policy.policy_type == STEPS:
        body = policy.step_scaling_policy_configuration
        distance = value - float(alarm.params["Threshold"])
        removes = step(body, capacity.desired, distance) < capacity.desired
        count = step(body, capacity.desired if removes else capacity.base, distance)
        return Wish(count if removes else max(count, capacity.desired), body.get("Cooldown", COOLDOWN), cause)
    body = policy.target_tracking_scaling_policy_configuration
    target = float(body["TargetValue"])
    if "-AlarmLow-" in alarm.name:
        count = min(capacity.desired, track(capacity.desired, value, target))
        return Wish(count, body.get("ScaleInCooldown", COOLDOWN), cause)
    count = max(capacity.desired, track(capacity.base, value, target))
    return Wish(count, body.get("ScaleOutCooldown", COOLDOWN), cause)
