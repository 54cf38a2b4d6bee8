"""A release that AWS carries out: begun, watched, let through its gates, taken back when the evidence says so.

Where users' requests go is ECS's or CodeDeploy's to write. The journal holds which deployment is ours, so a run that
comes after a killed one finds it, goes on watching it, and never begins a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..cloud import Cloud, explain
from ..resource import ConvergeError
from .aws_deployments import deployments_of
from .cost import tasks_beside
from .course import Course, Say
from .deployments import BACK, RUNNING, SUCCEEDED, UNENDED, Progress
from .difference import difference_of
from .engines import ROLLING
from .journal import ROLLED_BACK, Entry, Journal
from .journal import SUCCEEDED as DONE
from .line import span
from .read_back import read_back
from .record import put_record
from .release import START_WITHIN
from .scaling import Scaling
from .share import told_share
from .spec import PROMOTE, Colour, Spec
from .tasks import Tasks
from .try_out import try_out
from .watch import Look, RollBackError, Watch

#: Seconds in which AWS ends the old version's tasks, or takes traffic back and ends the new one's.
SETTLE_WITHIN, POLL = 1800, 10
#: Seconds by which AWS's times may differ from each other.
SKEW = 60
ALL = 100.0


class Driven(Course):
    """One release of one service by ECS or CodeDeploy.

    Args:
        cloud: the account and region.
        spec: what to release, and how.
        journal: of the service.
        entry: of the journal; a new one, or that of the run to go on with.
        say: told a line at each step and look.
    """

    otherwise = "AWS takes it back at its next gate"

    def __init__(self, cloud: Cloud, spec: Spec, journal: Journal, entry: Entry, say: Say) -> None:
        super().__init__(cloud, spec, journal, entry, say)
        self.deployments = deployments_of(cloud, spec)
        self.tasks = Tasks(cloud, spec.cluster, spec.container, entry["to"]["revision"])
        self.scaling = Scaling(cloud, spec, entry, journal)
        self.watch = Watch(cloud, spec, entry, self.tasks, journal)

    @property
    def _returns(self) -> bool:
        """Whether it is a way back, to a version that was good before."""
        return bool(self.entry.get("returns"))

    def run(self) -> Entry:
        """Release, or have AWS go back; return how it ended.

        Raises:
            ConvergeError: this run may not write any more; the next one goes on, or AWS goes back at its next gate.
        """
        try:
            self._release()
        except RollBackError as error:
            return self.back(str(error))
        except Exception as error:  # whatever it is: users come first, then explanations
            if self.entry["phase"] == "promoted":
                raise
            return self.back(explain(error))
        return self._close(DONE, f"{self.spec.version} has all of the traffic")

    def end(self, reason: str) -> Entry:
        """Bring what another run has left to its end: back, or forward where the old version is being removed."""
        progress = self._found()
        forward = self.entry["phase"] == "promoted" or (progress and progress.final and progress.status == RUNNING)
        return self.run() if forward else self.back(reason)

    def _found(self) -> Progress | None:
        """Return how far our deployment is; one that a killed run began and did not note counts."""
        if not self.entry.get("deployment"):
            self.entry["deployment"] = self.deployments.of(self.spec.revision, float(self.entry["begun"]) - SKEW)
        return self.deployments.progress(self.entry["deployment"]) if self.entry["deployment"] else None

    def _release(self) -> None:
        if self.entry["phase"] == "rolled back":
            raise RollBackError(self.entry["reason"])
        if self.entry["phase"] == "begun":
            self.begin()
            self._start()
        if self.entry["phase"] != "promoted":
            self._follow()
            self._confirm()
            put_record(self.cloud, self.journal.table, self.spec, self.entry, self.candidate.name)
            self.note(f"{self.spec.version} is the stable version", phase="promoted")
        self.scaling.hand_over()

    def _start(self) -> None:
        """Begin the deployment, unless a run before this one did."""
        self.scaling.hold()
        if not self._found():
            self.note(f"{self.spec.strategy} by {self.spec.engine}: {self.entry['count']} tasks of {self.spec.version}")
            self.entry["deployment"] = self.deployments.start(self.spec.revision, at_once=self._returns)
        beside = tasks_beside(self.spec.engine, int(self.entry["count"]), self.tasks.maximum_percent(self.stable))
        self.count_tasks(beside)
        name = self.entry["deployment"].rpartition("/")[2]
        self.note(f"deployment {name} goes on", phase="deploying", share=0.0, begun_step=self.cloud.time())

    def _follow(self) -> None:
        """Watch the deployment to its end, and say the word at its gates."""
        while True:
            progress = self.deployments.progress(self.entry["deployment"])
            if progress.status == SUCCEEDED:
                self.keep_samples()
                return
            if progress.status == BACK:
                raise RollBackError(progress.reason)
            if progress.status == RUNNING:
                self._advance(progress)
            self.cloud.wait(self.spec.look_seconds if not progress.gate else POLL)

    def _shifted(self, progress: Progress) -> None:
        """Note that AWS has taken a step, with what was answered since the last sample: no minute may be missing."""
        self.keep_samples()
        known, now = self.entry["samples"], self.cloud.time()
        since = known[-1]["minute"] * 60 if known else float(self.entry["begun"])
        self.entry["samples"] += self.watch.samples.read(since, now)
        state = {"share": progress.share, "step": self.entry["step"] + 1, "begun_step": now}
        self.entry["until"] = now + self.spec.bake_minutes * 60
        self.entry["shifts"].append({"at": now, "share": progress.share})
        self.note(f"step {state['step']}: {progress.share:g} % to {self.spec.version}", **state)

    def _advance(self, progress: Progress) -> None:
        """Look, and answer the gate when what was seen allows it."""
        if progress.share > float(self.entry["share"]):
            self._shifted(progress)
        if self._returns or not progress.share:
            self._see_it_start(progress)
            allowed = True
        else:
            look = self.look_or_miss(self._look)
            allowed = look is not None and bool(progress.gate) and self._may_go_on(look)
        if progress.gate and allowed:
            self._try_out()
            self.deployments.go_on(self.entry["deployment"], progress.gate)

    def _see_it_start(self, progress: Progress) -> None:
        """Before users come, have tasks that do not start end the release; CodeDeploy alone would try for an hour.

        A way back is looked at no closer: what both versions answer meanwhile is why it is gone.
        """
        self.watch.heed()
        self.watch.count_crashes(float(self.entry["begun_step"]))
        waited = self.cloud.time() - float(self.entry["begun_step"])
        if not progress.share and waited > self.cloud.clock.patience(START_WITHIN):
            raise RollBackError(f"no request has reached {self.spec.version} after {span(waited)}")

    def _try_out(self) -> None:
        """Try the candidate on the test listener before any user gets it."""
        if self.entry["share"] or self.entry.get("tried"):
            return
        problems = try_out(self.spec)
        if problems:
            raise RollBackError(f"the candidate does not answer as declared on the test listener: {problems}")
        self.note("the candidate answers on the test listener as declared", tried=True)

    def _look(self) -> Look:
        share, until = float(self.entry["share"]), float(self.entry["until"])
        tasks = 1 if self.spec.strategy == ROLLING else int(self.entry["count"])
        look = self.watch.look(self.entry["samples"], self.entry["begun_step"], share / ALL, until=until, tasks=tasks)
        self.remember(look, until, share)
        return look

    def _may_go_on(self, look: Look) -> bool:
        """Say whether a step has had its time and there is evidence, or no more time to wait for it."""
        until = float(self.entry["until"])
        if look.at < until + self.spec.metric_delay:
            return False
        if look.verdict["verdict"] == PROMOTE:
            return True
        last = float(self.entry["begun_step"]) + (self.spec.bake_minutes + self.spec.extend_minutes) * 60
        if until < last:
            self.entry["until"] = min(last, until + max(1.0, self.spec.bake_minutes) * 60)
            return False
        self.unclear(look.verdict["reason"])
        return True

    def _confirm(self) -> None:
        """See that the candidate really has everything, whatever the deployment's status says."""
        problems = self._differences(self.entry["to"], self.candidate)
        if problems:
            raise RollBackError(f"the deployment succeeded, but {problems}")
        if self.spec.strategy == ROLLING:
            failed = try_out(self.spec)
            if failed:
                raise RollBackError(f"{self.spec.version} does not answer as declared: {failed}")

    def _differences(self, version: Mapping[str, Any], side: Colour) -> str:
        """Return in what the service differs from having one version alone after it had time to settle."""
        found: list[str] = []

        def settled() -> bool:
            found[:] = read_back(self.cloud, self.spec, self.deployments, version, side)
            return not found

        try:
            self.cloud.wait_until(settled, f"{self.spec.service} settles", at_most=SETTLE_WITHIN, poll=POLL)
        except ConvergeError:
            return "; ".join(found)
        return ""

    def roll_back(self, reason: str) -> Entry:
        """Have AWS give everything back to the stable version, see that it did, then explain."""
        self._take_back()
        self.note(f"going back: {reason}", phase="rolled back", reason=reason)
        self.scaling.give_back()
        self.keep_samples()
        self.entry["last_words"] = self.tasks.last_words(self.candidate)
        problems = self._differences(self.entry["from"], self.stable)
        if problems:
            raise ConvergeError(f"{self.spec.service} is not back yet: {problems}; run playbooks/abort.yml again")
        return self._close(ROLLED_BACK, reason)

    def _take_back(self) -> None:
        """Stop our deployment; where it cannot be stopped any more, deploy the stable version at once."""
        progress = self._found()
        if progress and progress.status == RUNNING:
            self.deployments.stop(self.entry["deployment"])
        if progress and progress.status in UNENDED:
            self.cloud.wait_until(self._ended, f"{self.spec.service} goes back", at_most=SETTLE_WITHIN, poll=POLL)
            progress = self.deployments.progress(self.entry["deployment"])
        if progress and progress.status == SUCCEEDED:
            back = self.deployments.start(self.entry["from"]["revision"], at_once=True)
            self.cloud.wait_until(
                lambda: self.deployments.progress(back).status not in UNENDED,
                f"{self.spec.service} gets its stable version back",
                at_most=SETTLE_WITHIN,
                poll=POLL,
            )

    def _ended(self) -> bool:
        return self.deployments.progress(self.entry["deployment"]).status not in UNENDED

    def _close(self, status: str, reason: str) -> Entry:
        self.entry["shifts"].append({"at": self.cloud.time(), "share": ALL if status == DONE else 0.0})
        self.count_tasks(0)
        self.note_alarms("end")
        ended = {"status": status, "reason": reason, "ended": self.cloud.time()}
        ended["observed"] = told_share(self.entry["looks"])
        self.entry |= ended | {"difference": difference_of(self.cloud, self.entry), "cost": self.cost()}
        self.journal.close(self.entry)
        self.tell(status)
        return self.entry
