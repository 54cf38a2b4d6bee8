"""A candidate with traffic, looked at: through the bake of a step, and while a person is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..cloud import Cloud
from .journal import GO_ON, WAITING, Entry, Journal
from .line import look_line, percent
from .packing import thinned
from .share import CONTRADICTS
from .spec import PROMOTE, Spec
from .tasks import Tasks
from .traffic import Rule
from .watch import Look, RollBackError, Watch


class DetachedError(Exception):
    """A person is to be asked, and this run is not to wait for the answer."""


@dataclass
class Bake:
    """Looks at a candidate until it may go on.

    Attributes:
        cloud: the account and region.
        spec: the release.
        journal: of the service.
        entry: of the journal.
        tasks: of the service.
        rule: whose weights must stay as they are.
        note: writes state and an event to the journal, and tells it.
        say: told a line at each look.
    """

    cloud: Cloud
    spec: Spec
    journal: Journal
    entry: Entry
    tasks: Tasks
    rule: Rule
    note: Callable[..., None]
    say: Callable[[str], None]

    def __post_init__(self) -> None:
        """Make what looks."""
        self.watch = Watch(self.cloud, self.spec, self.entry, self.tasks, self.journal)
        self.watch.sticks = self.rule.stickiness() > 0
        self.group = self.spec.other(self.entry["stable"]).target_group

    def step(self, tasks: int) -> None:
        """Look until the step has had its time and there is evidence, or no more time to wait for it."""
        begun, bake = self.entry["begun_step"], self.spec.bake_minutes * 60
        until, last = begun + bake, begun + bake + self.spec.extend_minutes * 60
        while True:
            look = self._look(begun, until, tasks)
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
                self._look(begun, until, tasks)
            else:
                self.watch.obey()
            self.cloud.wait(self.spec.look_seconds)
        self.note(f"goes on: {gate}", phase="answered", gate={}, answered=[*self.entry["answered"], gate])

    def _open(self, gate: str, until: float) -> None:
        told = f"asks before {gate}: playbooks/promote.yml -e service={self.spec.service} goes on, abort.yml goes back"
        otherwise = f"after {self.spec.gate_minutes:g} minutes: {self.spec.gate_unanswered}"
        self.note(f"{told}; {otherwise}", phase=WAITING, gate={"before": gate, "until": until})

    def _answered(self) -> bool:
        order = self.journal.read().get("order", {})
        if order.get("word") != GO_ON:
            return False
        self.journal.take_order()
        self.note(f"{order['actor']} answered: go on")
        return True

    def _unanswered(self, gate: str) -> None:
        reason = f"nobody answered before {gate} within {self.spec.gate_minutes:g} minutes"
        if self.spec.gate_unanswered != PROMOTE:
            raise RollBackError(reason)
        self.note(f"{reason}; going on, as declared")

    def _look(self, begun: float, until: float, tasks: int) -> Look:
        self.rule.expect(self.entry["weights"])
        share = percent(self.entry["weights"][self.group]) / 100
        look = self.watch.look(self.entry["samples"], begun, share, until=until, tasks=tasks)
        told = {"at": look.at, "step": self.entry["step"], "share": look.share, "health": look.health, **look.verdict}
        self.entry["looks"] = thinned([*self.entry["looks"], told])
        self.entry["step_samples"] = look.samples
        self.journal.write(self.entry)
        self.say(look_line(self.spec, self.entry, look, until))
        if look.back:
            raise RollBackError(look.back)
        return look

    def _unclear(self, look: Look) -> None:
        doubt = "requests do not go where the weights say" if look.share == CONTRADICTS else look.verdict["reason"]
        reason = f"too little evidence after all the time it may have: {doubt}"
        if self.spec.unclear != PROMOTE:
            raise RollBackError(reason)
        self.note(f"{reason}; going on, as declared")
