"""One look at a step: health, alarms, an operator's order, the share of requests, and the verdict on both versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..canary.verdict import canary_verdict
from ..cloud import Cloud
from .journal import ABORT, Entry, Journal
from .samples import Sample, Samples
from .share import CONTRADICTS, UNKNOWN, judge_share
from .spec import ROLL_BACK, Spec
from .tasks import Tasks

#: Whole minutes after which a share that contradicts the weights counts: balancers take a moment to follow.
SETTLED = 3
#: Looks in a row at too few healthy targets, as a lost host alone leaves them for a while.
SICK = 3
#: Tasks of the candidate that may end by themselves; one more is a crash loop.
CRASHES = 1


class RollBackError(Exception):
    """The candidate must not stay; the message says why."""


@dataclass
class Look:
    """What one look saw.

    Attributes:
        at: seconds since 1970 by AWS's clock.
        samples: of the step, by minute.
        verdict: see the filter ``canary_verdict``.
        share: agrees, contradicts or unknown.
        health: targets of the candidate by state.
        back: why it must not stay; empty when it may.
    """

    at: float
    samples: list[Sample] = field(default_factory=list)
    verdict: dict[str, Any] = field(default_factory=dict)
    share: str = ""
    health: dict[str, int] = field(default_factory=dict)
    back: str = ""


class Watch:
    """Looks at a candidate while it has traffic.

    Args:
        cloud: the account and region.
        spec: the release.
        entry: of the journal.
        tasks: of the service.
        journal: of the service, where operators leave orders.
    """

    def __init__(self, cloud: Cloud, spec: Spec, entry: Entry, tasks: Tasks, journal: Journal) -> None:
        self.cloud = cloud
        self.spec = spec
        self.samples = Samples(cloud, spec, entry["stable"], idle=not entry["samples"])
        self.tasks = tasks
        self.journal = journal
        self.candidate = spec.other(entry["stable"])
        #: The listener rule keeps sessions on their side.
        self.sticks = False
        #: On a way back what rings does so because of the version that is left.
        self.hears = not entry.get("returns")
        self._sick = 0

    def look(self, before: list[Sample], since: float, wanted: float, *, until: float, tasks: int) -> Look:
        """Return what is to be seen, which may be a reason to go back.

        Args:
            before: samples of the steps before.
            since: when the step began, by AWS's clock.
            wanted: the candidate's share, 0 to 1.
            until: when the step has had its time.
            tasks: that the candidate must have.

        Raises:
            RollBackError: the candidate must not stay, whatever its requests say.
        """
        health = self._healthy(tasks)
        self.count_crashes(since)
        self.heed()
        now = self.cloud.time()
        samples = self.samples.read(since, min(now, until + self.spec.metric_delay))
        final = now >= until + self.spec.metric_delay
        look = Look(now, samples, canary_verdict([*before, *samples], self.spec.policy, final=final), health=health)
        look.share = self._shared(samples, wanted)
        if look.verdict["verdict"] == ROLL_BACK:
            look.back = look.verdict["reason"]
        elif look.share == CONTRADICTS and len(samples) >= SETTLED:
            look.back = f"the candidate does not get the {wanted:.0%} of the requests that the weights say"
        return look

    def heed(self) -> None:
        """Do as operators and alarms say.

        Raises:
            RollBackError: one of them wants the candidate gone.
        """
        self.obey()
        if self.hears:
            self._heed_alarms()

    def _healthy(self, tasks: int) -> dict[str, int]:
        health = self.tasks.health(self.candidate)
        self._sick = self._sick + 1 if health["healthy"] < tasks else 0
        if not health["healthy"] or self._sick >= SICK:
            states = ", ".join(f"{number} {state}" for state, number in sorted(health.items())) or "none"
            raise RollBackError(f"{tasks} healthy targets are needed in {self.candidate.name}, there are: {states}")
        return dict(health)

    def count_crashes(self, since: float) -> None:
        """See that the candidate's tasks stay.

        Raises:
            RollBackError: they end by themselves.
        """
        crashes = self.tasks.crashes(self.candidate, since)
        if crashes > CRASHES:
            raise RollBackError(f"{crashes} tasks of the candidate have ended by themselves")

    def obey(self) -> None:
        """Go back when an operator asks for it.

        Raises:
            RollBackError: somebody does.
        """
        order = self.journal.read().get("order", {})
        if order.get("word") == ABORT:
            raise RollBackError(f"{order['actor']} asked for it (playbooks/abort.yml)")

    def _heed_alarms(self) -> None:
        ringing = alarms_in(self.cloud, self.spec.alarms, "ALARM")
        if ringing:
            raise RollBackError(f"alarm {', '.join(ringing)} is ringing")

    def _shared(self, samples: list[Sample], wanted: float) -> str:
        if self.sticks:  # requests of old sessions go where they went before
            return UNKNOWN
        return judge_share(samples, wanted)


def alarms_in(cloud: Cloud, names: list[str], state: str) -> list[str]:
    """Return those alarms that are in a state; ``MISSING`` for those that are not there."""
    if not names:
        return []
    found = {
        alarm["AlarmName"]: alarm["StateValue"]
        for alarm in cloud.pages("cloudwatch", "describe_alarms", "MetricAlarms", AlarmNames=names)
    }
    return [name for name in names if found.get(name, "MISSING") == state]
