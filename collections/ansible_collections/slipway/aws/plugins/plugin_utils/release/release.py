"""A release by weights: capacity, then traffic, then judgement, step by step; back to stable first, whatever happens.

Before every write the journal says what is about to be, so a run that comes after a killed one can tell what was done.
"""

from __future__ import annotations

from typing import Any

from ..canary.capacity import canary_capacity
from ..canary.weights import canary_weights
from ..cloud import Cloud, explain
from .bake import Bake, DetachedError
from .begin import only
from .course import Course, Say
from .difference import difference_of
from .journal import ROLLED_BACK, STOPPED, SUCCEEDED, WAITS, Entry, Journal
from .line import percent
from .quiet import await_quiet
from .record import put_record
from .samples import Samples
from .scaling import Scaling
from .share import told_share
from .spec import PROMOTION, Spec
from .switch import Switch
from .tasks import Tasks
from .traffic import ForeignChangeError, Rule, Weights
from .try_out import try_out
from .watch import RollBackError

#: Seconds a new task may take to be healthy.
START_WITHIN = 900
#: Phases from which a release only goes forward: the old version's tasks may be on their way out.
PAST_RETURN = frozenset({"promoting", "promoted"})
#: Seconds in which requests in flight have ended after the weights went elsewhere.
SETTLE = 30


class Release(Course):
    """One release of one service.

    Args:
        cloud: the account and region.
        spec: what to release, and how.
        journal: of the service.
        entry: of the journal; a new one, or that of the run to go on with.
        say: told a line at each step and look.
    """

    otherwise = "the dead man's switch puts it back within a minute of the lease's end"

    def __init__(self, cloud: Cloud, spec: Spec, journal: Journal, entry: Entry, say: Say) -> None:
        super().__init__(cloud, spec, journal, entry, say)
        self.rule, self.test_rule = Rule(cloud, spec.rule), Rule(cloud, spec.test_rule)
        self.switch = Switch(cloud, journal.table, spec.service, journal.fence, spec.schedule)
        self.tasks = Tasks(cloud, spec.cluster, spec.container)
        self.scaling = Scaling(cloud, spec, entry, journal)
        self.steps = canary_weights(spec.steps, spec.hold_back)
        self.samples = Samples(cloud, spec, entry["stable"], idle=not entry["samples"])
        self.rule.sticks = entry.get("stickiness", {})
        self._on_stable, self._on_candidate = only(spec, self.stable.name), only(spec, self.candidate.name)

    def run(self) -> Entry:
        """Release, or roll back; return how it ended.

        Raises:
            ConvergeError: this run may not write any more; the next one, or the dead man's switch, puts weights back.
        """
        try:
            self.begin()
            self._heed_switch()
            self._release()
        except DetachedError:
            told = "ends here, as asked for; the dead man's switch goes back when nobody answers"
            self.note(told, status=WAITS, reason=f"waits for an answer before {self.entry['gate']['before']}")
            self.tell(f"asks before {self.entry['gate']['before']}")
            return self.entry
        except ForeignChangeError as error:
            self.scaling.leave()
            return self._close(STOPPED, str(error))
        except RollBackError as error:
            return self.back(str(error))
        except Exception as error:  # whatever it is: users come first, then explanations
            if self.entry["phase"] in PAST_RETURN:
                raise
            return self.back(explain(error))
        return self._close(SUCCEEDED, f"{self.spec.version} has all of the traffic")

    def end(self, reason: str) -> Entry:
        """Bring what another run has left to its end: back, or forward where there is no way back."""
        return self.run() if self.entry["phase"] in PAST_RETURN else self.back(reason)

    def _heed_switch(self) -> None:
        """Begin again where the dead man's switch has put traffic back since the run before this one died."""
        fired = self.switch.fired()
        if not fired or self.entry["phase"] in {"begun", "rolled back"}:
            return
        again = {} if self.entry["phase"] in PAST_RETURN else {"phase": "begun", "step": 0, "done": 0}
        self.entry.pop("intent", None)
        self.keep_samples()
        found = self.rule.expect(self._on_stable, self._on_candidate)
        self.note(f"the dead man's switch had put traffic back at {fired}; going on from there", weights=found, **again)

    def _release(self) -> None:
        phase = self.entry["phase"]
        if phase == "rolled back":
            raise RollBackError(self.entry["reason"])
        if phase not in PAST_RETURN:
            self._start()
            for number in range(self.entry["done"] + 1, len(self.steps) + 1):
                self._ask(f"{self.spec.steps[number - 1]:g}")
                self._step(number)
            self._ask(PROMOTION)
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
        self.note(f"starting {count} tasks of {self.spec.version} in {self.candidate.name}")
        self.tasks.update(self.candidate, count, self.spec.revision)
        self.count_tasks(count)
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
        self.count_tasks(count)
        self.tasks.await_healthy(self.candidate, count, START_WITHIN)

    def _step(self, number: int) -> None:
        step, count = self.steps[number - 1], self._count(number)
        self._have(count)
        self._shift(number, step)
        if self.spec.bake_minutes:
            self._baking().step(count)
        self.keep_samples()
        self.entry["done"] = number

    def _ask(self, gate: str) -> None:
        """Ask a person where a gate is declared and nobody has answered yet."""
        if gate in self.spec.gates and gate not in self.entry["answered"]:
            self._baking().ask(gate, self._count(max(1, self.entry["step"])))
            self.keep_samples()

    def _baking(self) -> Bake:
        return Bake(self, self.tasks, self.rule)

    def _shift(self, number: int, step: dict[str, Any]) -> None:
        """Write the weights of a step, unless a run before this one did and began to look."""
        if self.entry["step"] == number and self.entry["phase"] == "baking":
            return
        wanted = {self.stable.target_group: step["stable"], self.candidate.target_group: step["candidate"]}
        self._write(wanted, phase="shifting", step=number)
        self.note(
            f"step {number} of {len(self.steps)}: {percent(step['candidate']):g} % to {self.spec.version}",
            phase="baking",
            begun_step=self.cloud.time(),
        )

    def _write(self, wanted: Weights, *, loose: bool = False, **state: Any) -> None:
        """Change the weights as a transaction: intent, foreign change, write, read back."""
        self.entry |= state | {"intent": wanted}
        self.journal.write(self.entry)
        self.rule.expect(self.entry["weights"], wanted)
        self._arm(self._on_stable)
        self.rule.write(wanted, loose=loose)
        self._shifted(wanted)

    def _shifted(self, weights: Weights) -> None:
        """Note who has which share from now on."""
        share = percent(weights[self.candidate.target_group])
        self.entry["shifts"].append({"at": self.cloud.time(), "share": share})
        self.entry["weights"] = weights

    def _arm(self, safe: Weights, *, loose: bool = True) -> None:
        """Say what both rules are to be when this run dies: first what users get, then the test rule."""
        rules = (self.rule, self.test_rule)
        self.switch.arm([{"RuleArn": rule.arn, "Actions": rule.actions(safe, loose=loose)} for rule in rules])

    def _promote(self) -> None:
        """Give the candidate everything; from here on it is the stable version, and the safe one."""
        self._have(self._all())
        wanted = self._on_candidate
        self._write(wanted, loose=True, phase="promoting", safe=wanted)
        self._arm(wanted)
        put_record(self.cloud, self.journal.table, self.spec, self.entry, self.candidate.name)
        self.scaling.hand_over()
        self.note(f"{self.spec.version} is the stable version", phase="promoted")

    def _settle(self, side: str) -> None:
        """Wait until a side, ``stable`` or ``candidate``, has nothing to do any more; not for ever."""
        self.cloud.wait(max(SETTLE, self.rule.stickiness()))
        if not await_quiet(self.cloud, self.samples, side, self.entry["shifts"][-1]["at"]):
            self.note(f"no minute without a request was seen on the {side} side, whose tasks end nevertheless")

    def _retire(self) -> None:
        """Let the old version finish what it has, and stop its tasks."""
        self._settle("stable")
        self.rule.expect(self._on_candidate)
        self.tasks.update(self.stable, 0)
        self._stick_again(self._on_candidate)

    def _stick_again(self, weights: Weights) -> None:
        """Give the rule its stickiness back once no cookie leads to the side whose tasks have ended."""
        if not self.rule.sticks:
            return
        over = self.entry["shifts"][-1]["at"] + int(self.rule.sticks["DurationSeconds"])
        self.cloud.wait(max(0.0, over - self.cloud.time()))
        self._arm(weights, loose=False)
        self.rule.write(weights)

    def roll_back(self, reason: str) -> Entry:
        """Put all traffic back on the stable version, then explain, then stop the candidate."""
        had_users = bool(self.entry["step"] or self.entry["shifts"])
        self.rule.write(self._on_stable, loose=had_users)
        self._shifted(self._on_stable)
        self.note(f"rolled back: {reason}", phase="rolled back", reason=reason)
        self.scaling.give_back()
        self.keep_samples()
        self.entry["last_words"] = self.tasks.last_words(self.candidate)
        if had_users:
            self._settle("candidate")
        self.test_rule.write(self._on_stable)
        self.tasks.update(self.candidate, 0)
        if had_users:
            self._stick_again(self._on_stable)
        return self._close(ROLLED_BACK, reason)

    def _close(self, status: str, reason: str) -> Entry:
        self.count_tasks(0)
        self.note_alarms("end")
        ended = {"status": status, "reason": reason, "ended": self.cloud.time()}
        ended["observed"] = told_share(self.entry["looks"])
        self.entry |= ended | {"difference": difference_of(self.cloud, self.entry), "cost": self.cost()}
        self.journal.close(self.entry)
        self.switch.disarm()
        self.tell(status)
        return self.entry
