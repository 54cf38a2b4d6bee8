"""One experiment: is all well, is it still while something is disturbed, and is it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ..cloud import Cloud
from ..release.counted import MINUTE
from ..resource import ConvergeError
from . import fis
from .evidence import DELAY, Place, read, summed
from .hypothesis import judge, problem, shown, too_bad

#: Seconds after its end at which a minute's metrics are expected, and between two looks.
LOOK = 30


@dataclass(frozen=True)
class Plan:
    """How experiments are done.

    Attributes:
        objectives: see :func:`hypothesis.judge`.
        before: minutes that are looked at before.
        settle: minutes after the disturbance that still count as disturbed.
        after: minutes that are looked at after them.
        timeout: minutes after which an experiment that goes on is stopped.
    """

    objectives: Mapping[str, Any]
    before: int
    settle: int
    after: int
    timeout: int


@dataclass
class Record:
    """What became of an experiment.

    Attributes:
        outcome: ``completed``, ``stopped``, ``failed`` or ``not begun``.
        reason: why it ended otherwise than planned.
        hit: ARNs or tags of what it disturbed, by action.
        times: seconds since 1970: ``begun``, ``ended``, ``settled`` and ``looked``.
    """

    name: str
    hypothesis: str
    exceptions: list[str]
    outcome: str = "not begun"
    reason: str = ""
    hit: dict[str, Any] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    requests: dict[str, int] = field(default_factory=dict)
    minutes: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Experiment:
    """Does one experiment.

    Args:
        cloud: the account and region.
        place: where the service is counted.
        plan: how.
        declared: ``name``, ``template`` (its ``Name``), ``hypothesis``, ``exceptions``, ``stop_percent`` and
            ``alarms``.
        tags: of the FIS experiment.
        tell: told one line about each step.
    """

    def __init__(  # noqa: PLR0913, PLR0917  all that an experiment needs
        self,
        cloud: Cloud,
        place: Place,
        plan: Plan,
        declared: Mapping[str, Any],
        tags: Mapping[str, str],
        tell: Callable[[str], None],
    ) -> None:
        self.cloud, self.place, self.plan, self.declared = cloud, place, plan, declared
        self.tags, self._tell = tags, tell
        self.record = Record(declared["name"], declared["hypothesis"], list(declared["exceptions"]))

    def run(self) -> dict[str, Any]:
        """Do it, and return its record."""
        template = fis.find_template(self.cloud, self.tags, self.declared["template"])
        self._stop_leftovers(template)
        now = self.cloud.time()
        self._judge("before", now - DELAY - self.plan.before * MINUTE, now - DELAY)
        self._heed_alarms()
        if not self.record.problems:
            self._disturb(template)
            self._look_back()
        return asdict(self.record)

    def _stop_leftovers(self, template: str) -> None:
        """End what a run which died has left, and wait until the minutes before this experiment are none of that."""
        for number in fis.stop_leftovers(self.cloud, template):
            self._tell(
                f"{self.record.name}: experiment {number} of a run that died is ended; waiting for a steady state"
            )
            self.cloud.wait(DELAY + self.plan.before * MINUTE)

    def _heed_alarms(self) -> None:
        for name, state in fis.alarms(self.cloud, self.declared["alarms"]).items():
            if state == "MISSING":
                self.record.problems.append(f"alarm {name} is not there: run site.yml --limit alarms")
            elif state == "ALARM":
                self.record.problems.append(f"alarm {name} is ringing already: mend its cause first")

    def _judge(self, phase: str, since: float, until: float) -> None:
        minutes = read(self.cloud, self.place, since, until)
        requests = summed(minutes)["requests"]
        findings = judge(phase, minutes, self.plan.objectives, self.record.exceptions)
        self.record.requests[phase] = requests
        self.record.minutes += [{**asdict(one), "phase": phase} for one in minutes]
        self.record.findings += [shown(one) for one in findings]
        self.record.problems += [problem(one, requests) for one in findings if not one.good]

    def _disturb(self, template: str) -> None:
        self.record.times["begun"] = int(self.cloud.time())
        number = fis.start(self.cloud, template, self.tags)
        self._tell(f"{self.record.name}: experiment {number} begins")
        try:
            ended = self._follow(number)
        except BaseException:
            fis.end(self.cloud, number)  # nothing stays disturbed, whatever went wrong
            raise
        self.record.outcome, self.record.times["ended"] = ended["state"]["status"], int(self.cloud.time())
        self.record.hit = fis.targets(ended)
        if self.record.outcome != "completed":
            self.record.reason = self.record.reason or ended["state"].get("reason", "")
            self.record.problems.append(f"{self.record.outcome}: {self.record.reason}")

    def _follow(self, number: str) -> dict[str, Any]:
        begun = self.cloud.time()
        while not fis.over(found := fis.get(self.cloud, number)):
            reason = self._too_bad(begun)
            if reason and not self.record.reason:
                self.record.reason = reason
                self._tell(f"{self.record.name}: stopped, {reason}")
                fis.stop(self.cloud, number)
            self.cloud.wait(LOOK)
        return found

    def _too_bad(self, begun: float) -> str:
        now = self.cloud.time()
        if now - begun > self.cloud.clock.patience(self.plan.timeout * MINUTE):
            return f"not over after {self.plan.timeout} minutes (chaos_timeout_minutes)"
        # The minute in which it began has requests from before it, too; a share of them is less, never more.
        minutes = read(self.cloud, self.place, begun, now)
        return too_bad(minutes, self.plan.objectives, float(self.declared["stop_percent"]))

    def _look_back(self) -> None:
        """Judge the time of the disturbance, and the time after it, as soon as their metrics are there."""
        times = self.record.times
        times["settled"] = -(-(times["ended"] + self.plan.settle * MINUTE) // MINUTE) * MINUTE
        times["looked"] = times["settled"] + self.plan.after * MINUTE
        self._tell(
            f"{self.record.name}: {self.record.outcome}, {self.plan.settle + self.plan.after} minutes to look at"
        )
        self.cloud.wait(max(0.0, times["looked"] + DELAY - self.cloud.time()))
        self._judge("during", times["begun"], times["settled"])
        self._judge("after", times["settled"], times["looked"])


def check_time(plan: Plan, declared: Mapping[str, Any]) -> int:
    """Return the seconds that an experiment takes at most."""
    if plan.before < 1 or plan.after < 1:
        raise ConvergeError(f"{declared['name']}: chaos_before_minutes and chaos_after_minutes are at least 1")
    return (plan.timeout + plan.settle + plan.after + 2) * MINUTE
