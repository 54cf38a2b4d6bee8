"""Releases of several services: one after the other, and back together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..cloud import Cloud
from ..resource import ConvergeError
from .aws_deployments import deployments_of
from .begin import draft, goes_on, new_entry, unfinished
from .carriers import release_of
from .clean import leftovers
from .driven import Driven
from .engines import CODEDEPLOY, at_once_of
from .foresight import foresee
from .journal import RUNNING, SUCCEEDED, WAITS, Entry, Journal
from .migration import check_floor
from .plan import plan_lines
from .record import previous, read_record
from .release import Release
from .spec import Spec
from .status import goes_on as going_on


class Several:
    """The releases of one run.

    Args:
        cloud: the account and region.
        specs: what to release, in order.
        table: the environment's state table.
        fences: fencing number of each service's lease; none for a plan, which writes nothing.
        say: told a line at each step and look.
    """

    def __init__(
        self, cloud: Cloud, specs: list[Spec], table: str, fences: Mapping[str, int], say: Callable[[str], None]
    ) -> None:
        self.cloud = cloud
        self.specs = {spec.service: spec for spec in specs}
        self.journals = {
            name: Journal(cloud, table, name, int(fences.get(f"release/{name}", 0))) for name in self.specs
        }
        self.say = say

    def release(self) -> dict[str, Entry]:
        """Release every service, or bring back those that this run has released; return how each ended.

        Raises:
            ConvergeError: one of them may not begin; nothing was changed then.
        """
        if len(self.specs) > 1 and any(spec.detach for spec in self.specs.values()):
            raise ConvergeError("detach is for one service: those after it could not go back together")
        for name in self.specs:
            self._end_another(name)
        entries = {name: self._entry(name) for name in self.specs if not self._runs(name)}
        for name, entry in entries.items():
            spec, journal = self.specs[name], self.journals[name]
            for line in plan_lines(spec, entry, foresee(self.cloud, spec, journal, entry, [])):
                self.say(line)
        ended: dict[str, Entry] = {}
        for name, entry in entries.items():
            ended[name] = self._begun(name, entry).run()
            if ended[name]["status"] not in {SUCCEEDED, WAITS}:
                return ended | {one: self._back(one, ended[one]["from"]) for one in ended if one != name}
        return ended

    def _runs(self, name: str) -> bool:
        """Say whether a service runs what is to be released, and no release of it is unfinished."""
        journal, spec = self.journals[name], self.specs[name]
        runs = read_record(self.cloud, journal.table, name)["revision"] == spec.revision
        if runs and not unfinished(journal.read()):
            self.say(f"{name}: {spec.version} runs already")
            return True
        return False

    def plan(self) -> dict[str, list[str]]:
        """Return what a release would do and can see, line by line; nothing is changed."""
        return {name: self._planned(name) for name in self.specs}

    def _planned(self, name: str) -> list[str]:
        spec, record = self.specs[name], read_record(self.cloud, self.journals[name].table, name)
        journal = self.journals[name]
        entry, problems = draft(self.cloud, spec, journal)
        unfinished_one = journal.read()
        if unfinished(unfinished_one):
            what = "goes on with" if goes_on(unfinished_one, spec) else "first ends"
            problems.insert(0, f"{what} release {unfinished_one['number']}, which {unfinished_one['actor']} left")
        lines = plan_lines(spec, entry, foresee(self.cloud, spec, journal, entry, problems))
        same = f"  note: {spec.version} runs already; released is what site.yml tells as pending, if anything"
        return [*lines, same] if record["image_tag"] == spec.image_tag else lines

    def abort(self) -> dict[str, Entry]:
        """Roll back what is unfinished."""
        ended = {}
        for name, journal in self.journals.items():
            entry = journal.read()
            if not unfinished(entry):
                raise ConvergeError(
                    f"no release of {name} is going on; the last one {entry.get('status', 'never was')}"
                )
            ended[name] = self._begun(name, entry).end(f"aborted by {self.specs[name].actor}")
        return ended

    def check(self) -> None:
        """Look whether the releases may begin, before anything is changed for them.

        Raises:
            ConvergeError: one of them may not.
        """
        for name, spec in self.specs.items():
            if not unfinished(self.journals[name].read()):
                new_entry(self.cloud, spec, self.journals[name])

    def clean(self, *, check: bool) -> dict[str, list[str]]:
        """Remove what releases have left behind; return what it was, or would be.

        Raises:
            ConvergeError: a release goes on, of which nothing is left over.
        """
        return {name: self._cleaned(name, check=check) for name in self.specs}

    def _cleaned(self, name: str, *, check: bool) -> list[str]:
        journal, spec = self.journals[name], self.specs[name]
        if going_on(self.cloud, journal) and not journal.fence:
            raise ConvergeError(f"a release of {name} goes on; see playbooks/release_status.yml")
        entry, told = journal.read(), []
        if unfinished(entry):
            told = [f"release {entry['number']}, which {entry['actor']} left unfinished"]
            if check:
                return told
            self._begun(name, entry).end(f"left unfinished by {entry['actor']}")
        for leftover in leftovers(self.cloud, spec, journal):
            told.append(leftover.text)
            if not check:
                leftover.remove()
        return told

    def promote(self) -> dict[str, Entry]:
        """Go on with releases that wait for an answer without a run.

        Raises:
            ConvergeError: one of them does not.
        """
        entries = {name: journal.read() for name, journal in self.journals.items()}
        for name, entry in entries.items():
            if entry.get("status") != WAITS:
                raise ConvergeError(f"{name} does not wait for an answer; see playbooks/release_status.yml")
        return {name: self._answered(name, entry) for name, entry in entries.items()}

    def _answered(self, name: str, entry: Entry) -> Entry:
        gate = entry["gate"]
        if gate["until"] < self.cloud.time():
            return self._begun(name, entry).end(f"nobody answered before {gate['before']} in time")
        self.say(f"{name} {self.specs[name].actor} answered: go on with {gate['before']}")
        answer = {"status": RUNNING, "phase": "answered", "gate": {}, "answered": [*entry["answered"], gate["before"]]}
        return self._begun(name, {**entry, **answer}).run()

    def _end_another(self, name: str) -> None:
        """Roll back what another run has left unfinished, unless this one goes on with it."""
        entry = self.journals[name].read()
        if unfinished(entry) and not goes_on(entry, self.specs[name]):
            self.say(f"{name}: what {entry['actor']} left unfinished ends first")
            self._begun(name, entry).end(f"left unfinished by {entry['actor']}")

    def _entry(self, name: str) -> Entry:
        entry = self.journals[name].read()
        if goes_on(entry, self.specs[name]):
            self.say(f"{name} goes on where {entry['actor']} stopped: {entry['phase']}, step {entry['step']}")
            return entry
        self._refuse_others(name)
        return new_entry(self.cloud, self.specs[name], self.journals[name])

    def _refuse_others(self, name: str) -> None:
        """Refuse a release while AWS carries out a deployment that is nobody's release."""
        spec = self.specs[name]
        going = deployments_of(self.cloud, spec).in_flight() if spec.single else ""
        if going:
            call = "codedeploy StopDeployment" if spec.engine == CODEDEPLOY else "ecs StopServiceDeployment"
            raise ConvergeError(
                f"{name}: deployment {going.rpartition('/')[2]} goes on, which no release has begun: wait for its end,"
                f" or stop it ({call})"
            )

    def _begun(self, name: str, entry: Entry) -> Release | Driven:
        """Return a release that is in the journal under our fencing number."""
        spec = replace(self.specs[name], **entry["to"], **entry["settings"])
        self.journals[name].write(entry)
        return release_of(self.cloud, spec, self.journals[name], entry, self.say)

    def take_back(self, number: int = 0) -> dict[str, Entry]:
        """Go back to the version before the stable one, or to that of a release by its number.

        Raises:
            ConvergeError: there is no such release, or it did not succeed.
        """
        for name in self.specs:
            self._end_another(name)
        targets = {name: self._target(name, number) for name in self.specs}
        return {name: self._back(name, target) for name, target in targets.items()}

    def _target(self, name: str, number: int) -> dict[str, Any]:
        journal = self.journals[name]
        if not number:
            return previous(self.cloud, journal.table, name)
        found = journal.read(number)
        if found.get("status") != SUCCEEDED:
            raise ConvergeError(
                f"{name}: release {number} {found.get('status', 'is not there')}; see release_status.yml"
            )
        refused = check_floor(read_record(self.cloud, journal.table, name), number)
        if refused:
            raise ConvergeError(f"{name}: {refused}")
        return dict(found["to"])

    def _back(self, name: str, version: dict[str, Any]) -> Entry:
        """Give everything to a version that was good before: at once, as soon as its tasks are healthy."""
        at_once: dict[str, Any] = {
            "strategy": at_once_of(self.specs[name].engine),
            "steps": [100],
            "hold_back": 0,
            "bake_minutes": 0,
            "extend_minutes": 0,
            "retry": True,
            "gates": [],
            "detach": False,
            "migration": "",
        }
        back = replace(self.specs[name], **version, **at_once)
        self._refuse_others(name)
        entry = new_entry(self.cloud, back, self.journals[name], urgent=True)
        return release_of(self.cloud, back, self.journals[name], entry, self.say).run()
