"""A release by weights: capacity, then traffic, then judgement, step by step; back to stable first, whatever happens.

Before every write the journal says what is about to be, so a run that comes after a killed one can tell what was done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..canary.capacity import canary_capacity
from ..canary.weights import canary_weights
from ..cloud import Cloud, explain
from .begin import only
from .journal import ROLLED_BACK, STOPPED, SUCCEEDED, Entry, Journal
from .line import look_line, percent
from .mark import mark
from .record import put_record
from .scaling import Scaling
from .spec import PROMOTE, Spec
from .tasks import Tasks
from .traffic import ForeignChangeError, Rule, Weights
from .try_out import try_out
from .watch import Look, RollBackError, Watch

#: Seconds a new task may take to be healthy.
START_WITHIN = 900
#: Phases from which a release only goes forward: the old version's tasks may be on their way out.
PAST_RETURN = frozenset({"promoting", "promoted"})
#: Seconds in which requests in flight have ended after the weights went elsewhere.
SETTLE = 30
Say = Callable[[str], None]


class Release:
    """One release of one service.

    Args:
        cloud: the account and region.
        spec: what to release, and how.
        journal: of the service.
        entry: of the journal; a new one, or that of the run to go on with.
        say: told a line at each step and look.
    """

    def __init__(self, cloud: Cloud, spec: Spec, journal: Journal, entry: Entry, say: Say) -> None:
        self.cloud = cloud
        self.spec = spec
        self.journal = journal
        self.entry = entry
        self.say = say
        self.stable, self.candidate = spec.colour(entry["stable"]), spec.other(entry["stable"])
        self.rule, self.test_rule = Rule(cloud, spec.rule), Rule(cloud, spec.test_rule)
        self.tasks = Tasks(cloud, spec.cluster, spec.container)
        self.scaling = Scaling(cloud, spec, entry, journal)
        self.steps = canary_weights(spec.steps, spec.hold_back)
        self._on_stable, self._on_candidate = only(spec, self.stable.name), only(spec, self.candidate.name)

    def run(self) -> Entry:
        """Release, or roll back; return how it ended.

        Raises:
            ConvergeError: this run may not write any more; the next one, or the dead man's switch, puts weights back.
        """
        try:
            self._release()
        except ForeignChangeError as error:
            return self._close(STOPPED, str(error))
        except RollBackError as error:
            return self.roll_back(str(error))
        except Exception as error:  # whatever it is: users come first, then explanations
            if self.entry["phase"] in PAST_RETURN:
                raise
            return self.roll_back(explain(error))
        return self._close(SUCCEEDED, f"{self.spec.version} has all of the traffic")

    def end(self, reason: str) -> Entry:
        """Bring what another run has left to its end: back, or forward where there is no way back."""
        return self.run() if self.entry["phase"] in PAST_RETURN else self.roll_back(reason)

    def _release(self) -> None:
        phase = self.entry["phase"]
        if phase == "rolled back":
            raise RollBackError(self.entry["reason"])
        if phase not in PAST_RETURN:
            self._start()
            for number in range(max(1, self.entry["step"]), len(self.steps) + 1):
                self._step(number)
        if phase != "promoted":
            self._promote()
        self._retire()

    def _start(self) -> None:
        """Have tasks for the first share, and try them before any user gets them."""
        found = self.rule.weights()
        if self.entry["step"] and found == self._on_stable:
            raise RollBackError("the weights are back on the stable version: the dead man's switch or somebody did it")
        self.rule.expect(*(self.entry[name] for name in ("weights", "intent") if name in self.entry))
        self.scaling.hold()
        count = self._count(max(1, self.entry["step"]))
        self._note(f"starting {count} tasks of {self.spec.version} in {self.candidate.name}")
        self.tasks.update(self.candidate, count, self.spec.revision)
        self.tasks.await_healthy(self.candidate, count, START_WITHIN)
        self.test_rule.write(self._on_candidate)
        problems = try_out(self.spec)
        if problems:
            raise RollBackError(f"the candidate does not answer as declared on the test listener: {problems}")

    def _count(self, number: int) -> int:
        """Return how many tasks the candidate needs for a step, never fewer than users depend on."""
        serving = self.tasks.desired(self.candidate) if self.entry["step"] else 0
        return max(canary_capacity(self._all(), self.steps[number - 1]["share"])["candidate"], serving)

    def _all(self) -> int:
        """Return how many tasks all of the traffic needs: as many as the stable version had or has."""
        return max(int(self.entry["count"]), self.tasks.desired(self.stable))

    def _have(self, count: int) -> None:
        count = max(count, self.tasks.desired(self.candidate))  # the autoscaler may have added some
        self.tasks.update(self.candidate, count)
        self.tasks.await_healthy(self.candidate, count, START_WITHIN)

    def _step(self, number: int) -> None:
        step, count = self.steps[number - 1], self._count(number)
        self._have(count)
        self._shift(number, step)
        if self.spec.bake_minutes:
            self._bake(number, step, count)
        self.entry["samples"] += self.entry.pop("step_samples", [])

    def _shift(self, number: int, step: dict[str, Any]) -> None:
        """Write the weights of a step, unless a run before this one did and began to look."""
        if self.entry["step"] == number and self.entry["phase"] == "baking":
            return
        wanted = {self.stable.target_group: step["stable"], self.candidate.target_group: step["candidate"]}
        self._write(wanted, phase="shifting", step=number)
        self._note(
            f"step {number} of {len(self.steps)}: {percent(step['candidate']):g} % to {self.spec.version}",
            phase="baking",
            begun_step=self.cloud.time(),
        )

    def _write(self, wanted: Weights, **state: Any) -> None:
        """Change the weights as a transaction: intent, foreign change, write, read back."""
        self.entry |= state | {"intent": wanted}
        self.journal.write(self.entry)
        self.rule.expect(self.entry["weights"], wanted)
        self.rule.write(wanted)
        self.entry["weights"] = wanted

    def _bake(self, number: int, step: dict[str, Any], count: int) -> None:
        """Look until the step has had its time and there is evidence, or no more time to wait for it."""
        watch = Watch(self.cloud, self.spec, self.entry, self.tasks, self.journal)
        begun, bake = self.entry["begun_step"], self.spec.bake_minutes * 60
        until, last = begun + bake, begun + bake + self.spec.extend_minutes * 60
        while True:
            self.rule.expect(self.entry["weights"])
            look = watch.look(self.entry["samples"], begun, percent(step["candidate"]) / 100, until=until, tasks=count)
            self._remember(number, look, until)
            over = look.at >= until + self.spec.metric_delay
            if over and look.verdict["verdict"] == PROMOTE:
                return
            if over and until >= last:
                self._unclear(look)
                return
            until = min(last, until + bake) if over else until
            self.cloud.wait(self.spec.look_seconds)

    def _unclear(self, look: Look) -> None:
        reason = f"too little evidence after all the time it may have: {look.verdict['reason']}"
        if self.spec.unclear != PROMOTE:
            raise RollBackError(reason)
        self._note(f"{reason}; going on, as declared")

    def _remember(self, number: int, look: Look, until: float) -> None:
        told = {"at": look.at, "step": number, "share": look.share, "health": look.health, **look.verdict}
        self.entry["looks"].append(told)
        self.entry["step_samples"] = look.samples
        self.journal.write(self.entry)
        self.say(look_line(self.spec, self.entry, look, until))

    def _promote(self) -> None:
        """Give the candidate everything; from here on it is the stable version, and the safe one."""
        self._have(self._all())
        wanted = self._on_candidate
        self._write(wanted, phase="promoting", safe=wanted)
        put_record(self.cloud, self.journal.table, self.spec, self.entry, self.candidate.name)
        self.scaling.hand_over()
        self._note(f"{self.spec.version} is the stable version", phase="promoted")

    def _retire(self) -> None:
        """Let the old version finish what it has, and stop its tasks."""
        self.cloud.wait(SETTLE)
        self.rule.expect(self._on_candidate)
        self.tasks.update(self.stable, 0)

    def roll_back(self, reason: str) -> Entry:
        """Put all traffic back on the stable version, then explain, then stop the candidate."""
        self.rule.write(self._on_stable)
        self.entry["weights"] = self._on_stable
        self._note(f"rolled back: {reason}", phase="rolled back", reason=reason)
        self.scaling.give_back()
        self.entry["samples"] += self.entry.pop("step_samples", [])
        self.entry["last_words"] = self.tasks.last_words(self.candidate)
        self.cloud.wait(SETTLE)
        self.test_rule.write(self._on_stable)
        self.tasks.update(self.candidate, 0)
        return self._close(ROLLED_BACK, reason)

    def _note(self, text: str, **state: Any) -> None:
        """Write state and an event to the journal, and tell it."""
        self.entry |= state
        self.entry["events"].append({"at": self.cloud.time(), "text": text})
        self.journal.write(self.entry)
        mark(self.cloud, self.spec.environment, self.spec.service, state.get("phase", ""))
        self.say(f"{self.spec.service} {text}")

    def _close(self, status: str, reason: str) -> Entry:
        self.entry |= {"status": status, "reason": reason, "ended": self.cloud.time()}
        self.journal.close(self.entry)
        return self.entry
