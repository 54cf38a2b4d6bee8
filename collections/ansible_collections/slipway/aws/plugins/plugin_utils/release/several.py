"""Releases of several services: one after the other, and back together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..cloud import Cloud
from ..resource import ConvergeError
from .again import is_elsewhere, registered_again
from .aws_deployments import deployments_of
from .begin import draft, goes_on, new_entry, refuse_numbers, refuse_version, unfinished
from .carriers import release_of
from .clean import held_scaling, leftovers
from .difference import is_same
from .driven import Driven
from .engines import CODEDEPLOY, at_once_of
from .foresight import foresee
from .journal import RUNNING, SUCCEEDED, WAITS, Entry, Journal
from .migration import check_floor
from .plan import plan_lines
from .record import previous_of, read_record
from .release import Release
from .spec import Spec
from .status import REMEMBERED, history
from .status import goes_on as going_on
from .together import Part, ahead, begun, outside, parts_of, together

#: Why a version goes back that is good by itself.
NOT_ALONE = "what was released together with it did not stay"


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
        self._end_left()
        ended = self._ended_before()
        there = [name for name in self.specs if name not in ended and self._runs(name)]
        for name in there:
            self.say(f"{name}: {self.specs[name].version} runs already")
        entries = {name: self._entry(name) for name in self.specs if name not in {*ended, *there}}
        self._put_together(ended, entries)
        for name, entry in entries.items():
            spec, journal = self.specs[name], self.journals[name]
            for line in plan_lines(spec, entry, foresee(self.cloud, spec, journal, entry, [])):
                self.say(line)
        for name, entry in entries.items():
            ended[name] = self._begun(name, entry).run()
            if ended[name]["status"] not in {SUCCEEDED, WAITS}:
                before = [one for one in reversed(ended) if one != name]
                return ended | {one: self._back(one, ended[one]["from"], NOT_ALONE) for one in before}
        return ended

    def _last(self) -> dict[str, Entry]:
        """Return the running or last release of each service."""
        return {name: journal.read() for name, journal in self.journals.items()}

    def _end_left(self) -> None:
        """Bring what runs before this one have left to its end, the latest first, unless this one goes on with it."""
        last = self._last()
        for name in reversed(last):
            if unfinished(last[name]) and not self._goes_on(last[name], last):
                self._end(name, last[name])
        last = self._last()
        for name in ahead(last):
            if not self._goes_on(last[name], last):
                self.say(f"{name}: what was released together with it did not stay, so it goes back first")
                self._back(name, last[name]["from"], NOT_ALONE)

    def _goes_on(self, entry: Entry, last: Mapping[str, Entry]) -> bool:
        """Say whether this run goes on with a release, and with all that is released together with it."""
        parts = [part for part in parts_of(entry) if part["service"] in self.specs]
        return all(self._same(part["service"], part["number"], last[part["service"]]) for part in parts)

    def _same(self, name: str, number: int, entry: Entry) -> bool:
        """Say whether a part is to begin, to go on, or has succeeded, with what this run releases."""
        if not begun(number, entry):
            return True
        spec = self.specs[name]
        succeeded = entry["status"] == SUCCEEDED and entry["to"]["revision"] == spec.revision
        return entry["number"] == number and (succeeded or goes_on(entry, spec))

    def _ended_before(self) -> dict[str, Entry]:
        """Return what a killed run has released of what this one goes on with: it stays or goes back with the rest."""
        last = self._last()
        found = {name: last[name] for name in reversed(ahead(last))}
        for name, entry in found.items():
            self.say(f"{name} has {self.specs[name].version} by {entry['actor']}'s run, for as long as the rest stays")
        return found

    @staticmethod
    def _put_together(ended: Mapping[str, Entry], entries: Mapping[str, Entry]) -> None:
        """Note in what is to be released what belongs together.

        Raises:
            ConvergeError: other services were released together, and that has not ended.
        """
        known = [entry["together"] for entry in {**ended, **entries}.values() if entry.get("together")]
        left: list[Part] = known[0] if known else []
        services = [part["service"] for part in left]
        if left and {*services} != {*ended, *entries}:
            told = f"{', '.join(services)} are released together, which has not ended"
            what = f"give -e services={','.join(services)}, or take them back with playbooks/abort.yml"
            raise ConvergeError(f"{told}: {what}")
        for entry in entries.values():
            entry["together"] = left or together(entries)

    def _runs(self, name: str) -> bool:
        """Say whether a service runs what is to be released, and no release of it is unfinished."""
        journal, spec = self.journals[name], self.specs[name]
        record = read_record(self.cloud, journal.table, name)
        runs = record["digest"] == spec.digest and is_same(self.cloud, record["revision"], spec.revision)
        return runs and not unfinished(journal.read())

    def plan(self) -> dict[str, list[str]]:
        """Return what a release would do and can see, line by line; nothing is changed.

        Raises:
            ConvergeError: it has steps or times that are none.
        """
        for spec in self.specs.values():
            refuse_numbers(spec)
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
        last = self._last()
        before = ahead(last)
        for name, entry in last.items():
            if name not in before and not unfinished(entry):
                raise ConvergeError(
                    f"no release of {name} is going on; the last one {entry.get('status', 'never was')}"
                )
        ended = {}
        for name in reversed([name for name in last if name not in before]):
            ended[name] = self._begun(name, self._apart(last[name])).end(f"aborted by {self.specs[name].actor}")
        return ended | {name: self._back(name, last[name]["from"], NOT_ALONE) for name in before}

    def check(self) -> None:
        """Look whether the releases may begin, before anything is changed for them.

        Raises:
            ConvergeError: one of them may not.
        """
        for name, spec in self.specs.items():
            if not unfinished(self.journals[name].read()):
                new_entry(self.cloud, spec, self.journals[name])

    def check_registered(self) -> None:
        """Look whether what was registered may follow what is stable, before anything is migrated for it.

        Raises:
            ConvergeError: one of them may not.
        """
        last = self._last()
        left = {name for name, entry in last.items() if unfinished(entry)} | set(ahead(last))
        for name, spec in self.specs.items():
            goes_on = name in left and self._goes_on(last[name], last)
            if not (goes_on or self._runs(name)):
                refuse_version(self.cloud, spec, self.journals[name])

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
                stable = read_record(self.cloud, journal.table, name)["stable"]
                return [*told, *(one.text for one in held_scaling(self.cloud, spec, journal, stable))]
            self._end(name, entry)
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

    def _end(self, name: str, entry: Entry) -> Entry:
        """Take back what another run has left unfinished; what was on its way back gets there."""
        self.say(f"{name}: what {entry['actor']} left unfinished ends first")
        left = self._begun(name, self._apart(entry))
        on_its_way = entry.get("returns") and entry["status"] == RUNNING
        return left.run() if on_its_way else left.end(f"left unfinished by {entry['actor']}")

    def _apart(self, entry: Entry) -> Entry:
        """Return what is to end, without those that are released together with it and are not this run's."""
        apart = outside(entry, self.specs)
        if not apart:
            return entry
        self.say(f"{entry['service']} ends alone: {', '.join(apart)}, released together with it, stays as it is")
        return {**entry, "together": []}

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
        left = {name: entry for name, entry in reversed(self._last().items()) if unfinished(entry)}
        ended = {name: self._end(name, entry) for name, entry in left.items()}
        there = {name: entry for name, entry in ended.items() if entry.get("returns") and not number}
        targets = {name: self._target(name, number) for name in self.specs if name not in there}
        return there | {
            name: self._back(name, targets[name], f"{self.specs[name].actor} took it back")
            for name in reversed(targets)
        }

    def _target(self, name: str, number: int) -> dict[str, Any]:
        journal = self.journals[name]
        record = read_record(self.cloud, journal.table, name)
        version = self._by_number(name, number) if number else previous_of(record)
        refused = check_floor(record, version, history(journal, REMEMBERED) if record.get("floor") else [])
        if refused:
            raise ConvergeError(f"{name}: {refused}")
        return self._here(name, version)

    def _by_number(self, name: str, number: int) -> dict[str, Any]:
        """Return the version of a release that has succeeded."""
        found = self.journals[name].read(number)
        if found.get("status") != SUCCEEDED:
            raise ConvergeError(
                f"{name}: release {number} {found.get('status', 'is not there')}; see release_status.yml"
            )
        return dict(found["to"])

    def _here(self, name: str, version: dict[str, Any]) -> dict[str, Any]:
        """Return a version with a revision of this account, where it ran in the one that the environment has left."""
        if not is_elsewhere(self.cloud, version["revision"]):
            return version
        record = read_record(self.cloud, self.journals[name].table, name)
        serving = record["revision"]
        if record["digest"] == version["digest"]:
            return {**version, "revision": serving}
        self.say(f"{name}: {version['revision']} is not here; its image gets the settings of what serves ({serving})")
        return {**version, "revision": registered_again(self.cloud, serving, version["digest"])}

    def _back(self, name: str, version: dict[str, Any], why: str) -> Entry:
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
        entry = new_entry(self.cloud, back, self.journals[name], urgent=True) | {"returns": True, "why": why}
        return release_of(self.cloud, back, self.journals[name], entry, self.say).run()
