"""The course of a release, whoever carries it out: what stands in its journal, and what people are told."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..cloud import Cloud, explain
from ..resource import ConvergeError
from ..retries import is_out, until_back
from .alarm_check import read_alarms, states
from .cost import extra_cost, task_hour
from .journal import Entry, Journal
from .line import look_line, percent
from .mark import mark, mark_share
from .notify import notify
from .packing import thinned
from .spec import PROMOTE, Spec, definition
from .watch import Look, RollBackError

Say = Callable[[str], None]
#: Real seconds for which a way back is tried while AWS, or the way there, is out: no lease holds for longer.
WAY_BACK = 180.0
#: Looks in a row that may be missed while AWS, or the way there, is out; with one more nobody knows the candidate.
MISSES = 3


class Course:
    """One release of one service.

    Args:
        cloud: the account and region.
        spec: what to release, and how.
        journal: of the service.
        entry: of the journal; a new one, or that of the run to go on with.
        say: told a line at each step and look.

    Attributes:
        otherwise: who puts traffic back when the run cannot.
    """

    otherwise = ""

    def __init__(self, cloud: Cloud, spec: Spec, journal: Journal, entry: Entry, say: Say) -> None:
        self.cloud = cloud
        self.spec = spec
        self.journal = journal
        self.entry = entry
        self.say = say
        self._missed = 0
        self.stable, self.candidate = spec.colour(entry["stable"]), spec.other(entry["stable"])

    def roll_back(self, reason: str) -> Entry:
        """Give the stable version everything; return how that ended."""
        raise NotImplementedError

    def back(self, reason: str) -> Entry:
        """Go back, again and again while AWS is out.

        Raises:
            ConvergeError: that failed too; the message says why it was to be, where traffic is, and what to do.
        """
        try:
            return until_back(lambda: self.roll_back(reason), self._tell_of_outage, WAY_BACK)
        except Exception as error:  # whatever it is: the reason must not be lost
            told = f"went back because of: {reason}; that could not be done: {explain(error)}"
            raise ConvergeError(f"{told}. {self._left()}") from error

    def _tell_of_outage(self, error: Exception) -> None:
        self.say(f"{self.spec.service} goes back, and tries that again: {explain(error)}")

    def _left(self) -> str:
        """Return a sentence on who has the traffic of a release that could not go back, and what to do."""
        group = self.candidate.target_group
        told = [percent(self.entry[name].get(group, 0)) for name in ("weights", "intent") if name in self.entry]
        share = max([*told, float(self.entry.get("share", 0))])
        if self.entry["phase"] == "rolled back" or not share:
            where = "The stable version has all of the traffic"
        else:
            where = f"The candidate has up to {share:g} % of the traffic; {self.otherwise}"
        return f"{where}; then run the same release.yml again, or abort.yml"

    def look_or_miss(self, look: Callable[[], Look]) -> Look | None:
        """Return what a look saw; nothing where AWS, or the way there, was out, for that is missed without harm."""
        try:
            with self.cloud.impatient():
                found = look()
        except (BotoCoreError, ClientError) as error:
            self._missed += 1
            if not is_out(error) or self._missed > MISSES:
                raise
            self.say(f"{self.spec.service} missed a look: {explain(error)}")
            return None
        self._missed = 0
        return found

    def note(self, text: str, **state: Any) -> None:
        """Write state and an event to the journal, and tell it."""
        self.entry |= state
        self.entry["events"].append({"at": self.cloud.time(), "text": text})
        self.journal.write(self.entry)
        mark(self.cloud, self.spec.namespace, self.spec.service, state.get("phase", ""))
        self.say(f"{self.spec.service} {text}")

    def remember(self, look: Look, until: float, share: float | None = None) -> None:
        """Write a look to the journal, and tell it.

        Args:
            look: what was seen.
            until: when the step has had its time.
            share: per cent of the requests where that is not what the journal's weights say.

        Raises:
            RollBackError: what was seen is a reason to go back.
        """
        given = self._weighted() if share is None else share
        step = {"step": self.entry["step"], "since": self.entry["begun_step"], "until": until, "percent": given}
        told = {"at": look.at, **step, "share": look.share, "health": look.health, **look.verdict}
        self.entry["looks"] = thinned([*self.entry["looks"], told])
        self.entry["step_samples"] = look.samples
        self.journal.write(self.entry)
        mark_share(self.cloud, self.spec.namespace, self.spec.service, given)
        self.say(look_line(self.entry, told))
        if look.back:
            raise RollBackError(look.back)

    def _weighted(self) -> float:
        """Return the per cent of the requests that the journal's weights give to the candidate."""
        return percent(self.entry["weights"][self.candidate.target_group])

    def keep_samples(self) -> None:
        """Count what the present step has seen to what was seen before: the step has ended."""
        self.entry["samples"] += self.entry.pop("step_samples", [])

    def unclear(self, doubt: str) -> None:
        """Go on without enough evidence where that is declared.

        Raises:
            RollBackError: it is not.
        """
        reason = f"too little evidence after all the time it may have: {doubt}"
        if self.spec.unclear != PROMOTE:
            raise RollBackError(reason)
        self.note(f"{reason}; going on, as declared")

    def count_tasks(self, tasks: int) -> None:
        """Note how many tasks run beside those that serve everything, for the cost."""
        self.entry["tasks"].append({"at": self.cloud.time(), "count": tasks})

    def cost(self) -> float:
        """Return the US dollars of the tasks that ran beside those that serve everything."""
        hour = task_hour(definition(self.cloud, self.entry["to"]["revision"]), self.spec.prices)
        counts = self.entry["tasks"]
        spans = ((later["at"] - one["at"], one["count"]) for one, later in itertools.pairwise(counts))
        return round(extra_cost(((seconds / 60, count) for seconds, count in spans), hour), 4)

    def note_alarms(self, when: str) -> None:
        """Note for the report how the alarms stand; that nobody knows it is no reason to stop a release."""
        try:
            found = states(self.cloud, read_alarms(self.cloud, self.spec.alarms))
        except (ClientError, BotoCoreError, ConvergeError) as error:
            self.say(f"{self.spec.service} nobody knows how its alarms stand: {explain(error)}")
            return
        self.entry["alarms"] = {**self.entry.get("alarms", {}), when: found}

    def begin(self) -> None:
        """Tell that the release begins; before a way back nothing is read that could keep it waiting."""
        if self.entry["phase"] == "begun" and not self.entry["events"]:
            if not self.entry.get("returns"):
                self.note_alarms("begin")
            self.tell("begun")

    def tell(self, what: str) -> None:
        """Tell those who want to know what became of the release."""
        untold = notify(self.cloud, self.spec.topic, self.entry, what)
        if untold:
            self.say(f"{self.spec.service} {untold}")
