"""A candidate with traffic, looked at: through the bake of a step, and while a person is asked."""

from __future__ import annotations

from functools import partial

from .course import Course
from .journal import GO_ON, WAITING
from .line import percent
from .share import CONTRADICTS
from .spec import PROMOTE
from .tasks import Tasks
from .traffic import Rule
from .watch import Look, RollBackError, Watch


class DetachedError(Exception):
    """A person is to be asked, and this run is not to wait for the answer."""


class Bake:
    """Looks at a candidate until it may go on.

    Args:
        course: of the release.
        tasks: of the service.
        rule: whose weights must stay as they are.
    """

    def __init__(self, course: Course, tasks: Tasks, rule: Rule) -> None:
        self.course, self.rule = course, rule
        self.cloud, self.spec, self.journal, self.entry = course.cloud, course.spec, course.journal, course.entry
        self.watch = Watch(self.cloud, self.spec, self.entry, tasks, self.journal)
        self.watch.sticks = rule.stickiness() > 0

    def step(self, tasks: int) -> None:
        """Look until the step has had its time and there is evidence, or no more time to wait for it."""
        begun, bake = self.entry["begun_step"], self.spec.bake_minutes * 60
        until, last = begun + bake, begun + bake + self.spec.extend_minutes * 60
        while True:
            look = self.course.look_or_miss(partial(self._look, begun, until, tasks))
            if look is None:
                self.cloud.wait(self.spec.look_seconds)
                continue
            over = look.at >= until + self.spec.metric_delay
            if over and look.verdict["verdict"] == PROMOTE and look.share != CONTRADICTS:
                return
            if over and until >= last:
                self._unclear(look)
                return
            until = min(last, until + bake) if over else until
            self.cloud.wait(self.spec.look_seconds)

    def ask(self, gate: str, tasks: int) -> None:
        """Look while a person is asked, until there is an answer or the time for it is over.

        Raises:
            DetachedError: this run is not to wait.
            RollBackError: the candidate must not stay, or nobody answered and that is what then is to be done.
        """
        begun = self.cloud.time()
        if self.entry["phase"] != WAITING:
            self._open(gate, begun + self.spec.gate_minutes * 60)
        until = self.entry["gate"]["until"]
        if self.spec.detach:
            raise DetachedError
        while not self._answered():
            if self.cloud.time() >= until:
                self._unanswered(gate)
                break
            if self.entry["step"]:
                self.course.look_or_miss(partial(self._look, begun, until, tasks))
            else:
                self.watch.obey()
            self.cloud.wait(self.spec.look_seconds)
        self.course.note(f"goes on: {gate}", phase="answered", gate={}, answered=[*self.entry["answered"], gate])

    def _open(self, gate: str, until: float) -> None:
        told = f"asks before {gate}: playbooks/promote.yml -e service={self.spec.service} goes on, abort.yml goes back"
        otherwise = f"after {self.spec.gate_minutes:g} minutes: {self.spec.gate_unanswered}"
        self.course.note(f"{told}; {otherwise}", phase=WAITING, gate={"before": gate, "until": until})

    def _answered(self) -> bool:
        order = self.journal.read().get("order", {})
        if order.get("word") != GO_ON:
            return False
        self.journal.take_order()
        self.course.note(f"{order['actor']} answered: go on")
        return True

    def _unanswered(self, gate: str) -> None:
        reason = f"nobody answered before {gate} within {self.spec.gate_minutes:g} minutes"
        if self.spec.gate_unanswered != PROMOTE:
            raise RollBackError(reason)
        self.course.note(f"{reason}; going on, as declared")

    def _look(self, begun: float, until: float, tasks: int) -> Look:
        self.rule.expect(self.entry["weights"])
        share = percent(self.entry["weights"][self.course.candidate.target_group]) / 100
        look = self.watch.look(self.entry["samples"], begun, share, until=until, tasks=tasks)
        self.course.remember(look, until)
        return look

    def _unclear(self, look: Look) -> None:
        contradicts = look.share == CONTRADICTS
        self.course.unclear("requests do not go where the weights say" if contradicts else look.verdict["reason"])
