"""Carries experiments out: begins their actions, heeds their stop conditions, and ends what they disturb."""

from __future__ import annotations

import threading
from typing import Any

from rehearsal.authorization.tags import resource_tags
from rehearsal.injection.actions import ACTIONS, ActionFailed, Kind
from rehearsal.injection.model import Action, Experiment, duration
from rehearsal.injection.targets import resolved
from rehearsal.loop import Loop
from rehearsal.tasks.permissions import may, role, trusts
from rehearsal.world import ITSELF, World

PRINCIPAL = "fis.amazonaws.com"
TICK = 1.0
SHORTEST_TICK = 0.1


class InjectionMover:
    """FIS made real.

    Args:
        world: the local cloud.
    """

    name = "injection"

    def __init__(self, world: World) -> None:
        self.world = world
        self.lock = threading.RLock()
        self.experiments: dict[tuple[str, str], Experiment] = {}
        self._loop = Loop("injection", self._act, lambda: max(SHORTEST_TICK, world.clock.real(TICK)))

    def start(self) -> None:
        """Begin to act."""
        self._loop.start()

    def changed(self, service: str, operation: str) -> None:
        """Wake up for experiments."""
        del operation
        if service == "fis":
            self._loop.wake()

    def stop(self) -> None:
        """Act no more."""
        self._loop.stop()

    def status(self) -> list[dict[str, Any]]:
        """Return a row an experiment."""
        rows = [(one, hit) for one in list(self.experiments.values()) for hit in [_hit(one)]]
        return [{"experiment": one.id, "status": one.status, "hit": ", ".join(hit) or "-"} for one, hit in rows]

    def stop_experiment(self, experiment: Experiment, reason: str, status: str = "stopped") -> None:
        """End an experiment before its time."""
        with self.lock:
            for action in experiment.actions:
                if action.status == "running":
                    self._end(experiment, action, status)
            self._close(experiment, status, reason)

    def _act(self) -> None:
        with self.lock:
            for one in list(self.experiments.values()):
                if not one.over:
                    self._step(one)

    def _step(self, one: Experiment) -> None:
        ringing = self._ringing(one)
        if ringing:
            self.stop_experiment(one, f"Experiment halted by stop condition: {', '.join(ringing)}")
        elif one.status == "pending":
            one.status = "initiating"
        elif one.status == "initiating":
            self._begin(one)
        else:
            self._go_on(one)

    def _begin(self, one: Experiment) -> None:
        one.status, one.begun = "running", self.world.clock.now()
        try:
            self._check_role(one)
            for action in one.actions:
                action.hit = self._resolve(one, action)
            for action in one.actions:
                self._begin_action(one, action)
        except ActionFailed as failed:
            self.stop_experiment(one, str(failed), "failed")

    def _begin_action(self, one: Experiment, action: Action) -> None:
        now = self.world.clock.now()
        action.begun, action.status = now, "running"
        action.until = now + (duration(action.settings.get("parameters", {}).get("duration", "")) or 0.0)
        ACTIONS[action.settings["actionId"]].begin(self.world, one, action)

    def _go_on(self, one: Experiment) -> None:
        now = self.world.clock.now()
        for action in one.actions:
            if action.status == "running" and now >= action.until:
                self._end(one, action, "completed")
        if all(action.status == "completed" for action in one.actions):
            self._close(one, "completed", "")

    def _end(self, one: Experiment, action: Action, status: str) -> None:
        ACTIONS[action.settings["actionId"]].end(self.world, one, action)
        action.status, action.ended = status, self.world.clock.now()

    def _close(self, one: Experiment, status: str, reason: str) -> None:
        one.status, one.reason, one.ended = status, reason, self.world.clock.now()

    def _check_role(self, one: Experiment) -> None:
        arn = one.template["roleArn"]
        found = role(self.world, arn)
        if found is None or not trusts(found, PRINCIPAL):
            raise ActionFailed(f"Unable to assume role {arn}: it must trust {PRINCIPAL}.")

    def _resolve(self, one: Experiment, action: Action) -> list[str]:
        kind = ACTIONS[action.settings["actionId"]]
        name = action.settings["targets"][kind.target[0]]
        found = resolved(self.world, one.region, one.template["targets"][name])
        if not found:
            raise ActionFailed(f"Target resolution returned empty set: target {name}.")
        for arn in found:
            self._check_permissions(one.template["roleArn"], kind, arn)
        return found

    def _check_permissions(self, role_arn: str, kind: Kind, arn: str) -> None:
        for action, place in kind.permissions.items():
            tags = {key: values[0] for key, values in resource_tags(self.world, place(arn)).items()}
            if not may(self.world, role_arn, action, place(arn), tags):
                raise ActionFailed(f"{role_arn} is not authorized to perform {action} on {place(arn)}.")

    def _ringing(self, one: Experiment) -> list[str]:
        stops = one.template["stopConditions"]
        names = [stop["value"].rsplit(":", 1)[-1] for stop in stops if stop["source"] == "aws:cloudwatch:alarm"]
        if not names:
            return []
        client = self.world.boto("cloudwatch", one.region, key=ITSELF)
        found = client.describe_alarms(AlarmNames=names, AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        alarms = [*found["MetricAlarms"], *found["CompositeAlarms"]]
        return [alarm["AlarmName"] for alarm in alarms if alarm["StateValue"] == "ALARM"]


def _hit(one: Experiment) -> list[str]:
    return [arn.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for action in one.actions for arn in action.hit]
