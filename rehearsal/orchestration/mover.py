"""Fires schedules in virtual time, and tries again as their retry policies say."""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from moto.backends import get_backend

from rehearsal.loop import Loop
from rehearsal.orchestration.expressions import interval, is_cron, moment, next_of_cron
from rehearsal.orchestration.hooks_scheduler import PRINCIPAL
from rehearsal.orchestration.interpreter import install
from rehearsal.tasks.permissions import may, role, trusts
from rehearsal.world import ITSELF, World

LOG = logging.getLogger(__name__)
#: Virtual seconds between rounds, and real ones at least.
TICK, SHORTEST_TICK = 1.0, 0.1
#: Real seconds between two events of a schedule, at least: what it starts takes real time, whatever the clock does.
SHORTEST_INTERVAL = 2.0
#: Virtual seconds before the second attempt, doubled with each and never above an hour: AWS says exponential, not how.
BACKOFF, LONGEST_BACKOFF = 1.0, 3600.0


class NotInvokedError(Exception):
    """A target was not invoked.

    Args:
        reason: why, as text.
    """


@dataclass
class Event:
    """One invocation that is to be made.

    Attributes:
        scheduled: virtual time for which it was planned.
        due: virtual time of the next attempt.
        attempt: its number, from 1.
    """

    region: str
    schedule: Any
    scheduled: float
    due: float
    attempt: int = 1


class ScheduleMover:
    """EventBridge Scheduler made real.

    Args:
        world: the local cloud.
    """

    name = "orchestration"

    def __init__(self, world: World) -> None:
        self.world = world
        install(world)
        self.invoked: Counter[str] = Counter()
        self.attempts: Counter[str] = Counter()
        self.failed: dict[str, str] = {}
        self._due: dict[tuple[str, float], float | None] = {}
        self._events: list[Event] = []
        self._loop = Loop("orchestration", self._round, lambda: max(SHORTEST_TICK, world.clock.real(TICK)))

    def start(self) -> None:
        """Begin to fire."""
        self._loop.start()

    def changed(self, service: str, operation: str) -> None:
        """Wake up for new and changed schedules."""
        if service == "scheduler" and "Schedule" in operation:
            self._loop.wake()

    def stop(self) -> None:
        """Fire no more."""
        self._loop.stop()

    def status(self) -> list[dict[str, Any]]:
        """Return a row a schedule: how often it invoked its target, and why it failed last."""
        return [
            {
                "schedule": one.name,
                "state": one.state,
                "invoked": self.invoked[one.arn],
                "failed": self.failed.get(one.arn, "-"),
            }
            for _, one in self._schedules()
        ]

    def waiting(self, arn: str) -> list[Event]:
        """Return the invocations of a schedule that are still to be made."""
        return [event for event in self._events if event.schedule.arn == arn]

    def _schedules(self) -> list[tuple[str, Any]]:
        return [
            (region, schedule)
            for region, backend in dict.items(get_backend("scheduler")[self.world.account])
            for group in list(backend.schedule_groups.values())
            for schedule in list(group.schedules.values())
        ]

    def _round(self) -> None:
        now, there = self.world.clock.now(), self._schedules()
        keys = {(one.arn, one.last_modified_date): (region, one) for region, one in there}
        self._due = {
            key: self._due[key] if key in self._due else self._first(one, now) for key, (_, one) in keys.items()
        }
        for key, (region, schedule) in keys.items():
            due = self._due[key]
            if due is not None and due <= now:
                shortest = SHORTEST_INTERVAL * self.world.clock.scale
                self._due[key] = _next(schedule, due, now, shortest)
                if schedule.state == "ENABLED":
                    self._events.append(Event(region, schedule, due, due))
        living = {one.arn for _, one in there}
        waiting = [event for event in self._events if event.schedule.arn in living]
        self._events = [event for event in waiting if event.due > now]
        for event in waiting:
            if event.due <= now:
                self._attempt(event, now)

    def _first(self, schedule: Any, now: float) -> float | None:
        """Return when a schedule fires first.

        Hours of the day mean something in real time only: at sixty times the speed there is a night every 24 minutes.
        There, ``fire`` is ordered.
        """
        if is_cron(schedule.schedule_expression) and self.world.clock.scale > 1:
            return None
        return _first(schedule, now)

    def order_fire(self, schedule: str) -> None:
        """Fire a schedule now, by its name."""
        there, now = {one.name: (region, one) for region, one in self._schedules()}, self.world.clock.now()
        if schedule not in there:
            raise ValueError(f"there is no schedule {schedule!r}; there are: {', '.join(there)}")
        region, found = there[schedule]
        self._events.append(Event(region, found, now, now))
        self._loop.wake()

    def _attempt(self, event: Event, now: float) -> None:
        arn = event.schedule.arn
        self.attempts[arn] += 1
        try:
            self._invoke(event)
        except (NotInvokedError, ClientError) as error:
            self.failed[arn] = str(error)
            LOG.warning("schedule %s, attempt %s: %s", event.schedule.name, event.attempt, error)
            self._plan_retry(event, now)
        else:
            self.invoked[arn] += 1

    def _plan_retry(self, event: Event, now: float) -> None:
        policy = event.schedule.target["RetryPolicy"]
        pause = min(LONGEST_BACKOFF, BACKOFF * 2.0 ** (event.attempt - 1))
        in_time = now + pause - event.scheduled <= policy.get("MaximumEventAgeInSeconds", 86400)
        if event.attempt <= policy.get("MaximumRetryAttempts", 185) and in_time:
            event.attempt, event.due = event.attempt + 1, now + pause
            self._events.append(event)

    def _invoke(self, event: Event) -> None:
        target = event.schedule.target
        arn, role_arn = target["Arn"], target["RoleArn"]
        found = role(self.world, role_arn)
        if found is None or not trusts(found, PRINCIPAL):
            raise NotInvokedError(f"{PRINCIPAL} may not assume {role_arn}")
        if not may(self.world, role_arn, "states:StartExecution", arn):
            raise NotInvokedError(f"{role_arn} is not authorized to perform: states:StartExecution on resource: {arn}")
        client = self.world.boto("stepfunctions", event.region, key=ITSELF)
        client.start_execution(stateMachineArn=arn, name=uuid.uuid4().hex, input=_input(event))


def _first(schedule: Any, now: float) -> float | None:
    """Return when a schedule fires first: a rate without a start at once."""
    if interval(schedule.schedule_expression) is not None:
        return max(now, float(schedule.start_date or 0))
    if is_cron(schedule.schedule_expression):
        return next_of_cron(schedule.schedule_expression, schedule.schedule_expression_timezone, now)
    at = moment(schedule.schedule_expression, schedule.schedule_expression_timezone)
    return at if at is not None and at > now else None


def _next(schedule: Any, due: float, now: float, shortest: float) -> float | None:
    """Return when it fires again; what was missed meanwhile is not made up for."""
    seconds = interval(schedule.schedule_expression)
    end = float(schedule.end_date or "inf")
    if is_cron(schedule.schedule_expression):
        return next_of_cron(schedule.schedule_expression, schedule.schedule_expression_timezone, now)
    if seconds is None:
        return None
    again = max(due + seconds * max(1, -(-(now - due) // seconds)), now + shortest)
    return again if again <= end else None


def _input(event: Event) -> str:
    """Return the input, its context attributes replaced.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    """
    scheduled = datetime.fromtimestamp(event.scheduled, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    values = {
        "schedule-arn": event.schedule.arn,
        "scheduled-time": scheduled,
        "execution-id": str(uuid.uuid4()),
        "attempt-number": str(event.attempt),
    }
    text = str(event.schedule.target.get("Input") or "{}")
    for name, value in values.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text
