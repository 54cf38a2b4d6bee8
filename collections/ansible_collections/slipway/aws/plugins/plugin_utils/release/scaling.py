"""The autoscaler's part in a release: held while it goes on, handed to the new version, given back to the old one.

While a release goes on, nothing is scaled in on either side and no schedule acts; both sides may grow. What a schedule
would have done meanwhile is done at the end. Every step can be repeated: what it needs stands in the journal.
"""

from __future__ import annotations

from typing import Any

from ..cloud import Cloud
from ..scaling.resources import PARTS
from ..scaling.schedules import missed
from .journal import Entry, Journal
from .spec import Colour, Spec
from .tasks import Tasks

SERVICE, NAMESPACE, DIMENSION = "application-autoscaling", "ecs", "ecs:service:DesiredCount"
IN, OUT, SCHEDULED = PARTS
HELD = {IN: True, OUT: False, SCHEDULED: True}
FREE, IDLE = dict.fromkeys(PARTS, False), dict.fromkeys(PARTS, True)
LIMITS = ("MinCapacity", "MaxCapacity")


class Scaling:
    """Scalable targets of both sides, or of the one ECS service of both; where there are none, nothing is done.

    Args:
        cloud: the account and region.
        spec: the release.
        entry: of the journal; ``scaling`` has the stable side's limits and when they were taken.
        journal: of the service.
    """

    def __init__(self, cloud: Cloud, spec: Spec, entry: Entry, journal: Journal) -> None:
        self.cloud, self.spec, self.entry, self.journal = cloud, spec, entry, journal
        self.stable, self.candidate = spec.colour(entry["stable"]), spec.other(entry["stable"])

    def hold(self) -> None:
        """Keep what there is from being scaled in, and let the candidate grow."""
        if "scaling" not in self.entry:
            found = self._target(self.stable)
            limits = {name: found[name] for name in LIMITS} if found else {}
            self.entry["scaling"] = {"limits": limits, "since": self.cloud.time()}
            self.journal.write(self.entry)
        if self._limits:
            self._register(self.stable, SuspendedState=HELD)
            if not self.spec.single:
                self._let_grow()

    def _let_grow(self) -> None:
        most = self._limits["MaxCapacity"]
        self._register(self.candidate, MinCapacity=0, MaxCapacity=most, SuspendedState=HELD)
        self._switch(self.candidate, on=True)

    def hand_over(self) -> None:
        """Give limits, policies and schedules to the candidate, and put the other side to rest."""
        self._end(self.candidate, self.stable)

    def give_back(self) -> None:
        """Give limits, policies and schedules back to the stable side, and put the candidate to rest."""
        self._end(self.stable, self.candidate)

    def leave(self) -> None:
        """Give them back to the stable side, and let the candidate grow as before: nobody knows who has its users."""
        self._serve(self.stable)

    def held(self) -> bool:
        """Say whether the side that serves is held, so that it is neither scaled in nor by schedule."""
        return bool(self._target(self.stable).get("SuspendedState") == HELD)

    def let_go(self) -> None:
        """Give back what no release holds any more, with the limits that there are."""
        found = self._target(self.stable)
        since = self.journal.read().get("scaling", {}).get("since", self.cloud.time())
        self.entry["scaling"] = {"limits": {name: found[name] for name in LIMITS}, "since": since}
        self.give_back()

    def _end(self, serving: Colour, idle: Colour) -> None:
        if self._limits and not self.spec.single:
            self._register(idle, MinCapacity=0, SuspendedState=IDLE)
            self._switch(idle, on=False)
        self._serve(serving)

    def _serve(self, serving: Colour) -> None:
        if not self._limits:
            return
        limits = self._limits | self._missed()
        self._register(serving, **limits, SuspendedState=FREE)
        self._switch(serving, on=True)
        # A schedule raises the number of tasks to its minimum at once; registering limits does not.
        tasks = Tasks(self.cloud, self.spec.cluster, self.spec.container)
        if tasks.desired(serving) < limits["MinCapacity"]:
            tasks.update(serving, limits["MinCapacity"])

    @property
    def _limits(self) -> dict[str, int]:
        return dict(self.entry.get("scaling", {}).get("limits", {}))

    def _missed(self) -> dict[str, int]:
        """Return limits that schedules of the stable side would have set since they were held."""
        place = self._place(self.stable)
        actions = self.cloud.pages(SERVICE, "describe_scheduled_actions", "ScheduledActions", **place)
        return missed(actions, self.entry["scaling"]["since"], self.cloud.time())

    def _place(self, colour: Colour) -> dict[str, str]:
        resource = f"service/{self.spec.cluster}/{colour.ecs_service}"
        return {"ServiceNamespace": NAMESPACE, "ResourceId": resource, "ScalableDimension": DIMENSION}

    def _target(self, colour: Colour) -> dict[str, Any]:
        """Return the scalable target of a side; empty when there is none."""
        place = self._place(colour)
        query = {**place, "ResourceIds": [place["ResourceId"]]}
        del query["ResourceId"]
        found = self.cloud.pages(SERVICE, "describe_scalable_targets", "ScalableTargets", **query)
        return found[0] if found else {}

    def _register(self, colour: Colour, **wanted: Any) -> None:
        """Change a scalable target where it is not as wanted."""
        now = self._target(colour)
        if now and any(now.get(name) != value for name, value in wanted.items()):
            self.cloud.write(SERVICE, "register_scalable_target", **self._place(colour), **wanted)

    def _switch(self, colour: Colour, *, on: bool) -> None:
        """Have the alarms of a side's policies act, or be silent."""
        policies = self.cloud.pages(SERVICE, "describe_scaling_policies", "ScalingPolicies", **self._place(colour))
        names = [alarm["AlarmName"] for policy in policies for alarm in policy.get("Alarms", [])]
        found = self.cloud.pages("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNames=names) if names else []
        wrong = sorted(alarm["AlarmName"] for alarm in found if alarm["ActionsEnabled"] != on)
        if wrong:
            self.cloud.write("cloudwatch", f"{'enable' if on else 'disable'}_alarm_actions", AlarmNames=wrong)
