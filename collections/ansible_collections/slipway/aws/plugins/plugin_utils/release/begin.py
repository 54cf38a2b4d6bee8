"""Before a release's first write: may it begin, does it go on where another stopped, and from where to where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..cloud import Cloud
from ..resource import ConvergeError
from .image_scan import wait_for_scans
from .journal import ROLLED_BACK, RUNNING, STOPPED, WAITS, Entry, Journal
from .migration import floor_after
from .readiness import REMEMBERED, readiness
from .record import read_record
from .samples import Samples
from .spec import CONTRACT, Spec
from .status import history
from .tasks import Tasks
from .traffic import ALL, Rule, Weights

#: What a run that goes on with a release takes from the one that began it.
SETTINGS = (
    "strategy",
    "steps",
    "hold_back",
    "bake_minutes",
    "extend_minutes",
    "unclear",
    "latency_objective",
    "policy",
    "gates",
    "gate_minutes",
    "gate_unanswered",
)


def unfinished(entry: Mapping[str, Any]) -> bool:
    """Say whether a journal's release has neither succeeded nor been rolled back."""
    return entry.get("status") in {RUNNING, WAITS, STOPPED}


def goes_on(entry: Mapping[str, Any], spec: Spec) -> bool:
    """Say whether a release is the same as an unfinished one, and goes on with it."""
    return entry.get("status") == RUNNING and entry["to"]["revision"] == spec.revision and not entry.get("order")


def new_entry(cloud: Cloud, spec: Spec, journal: Journal, *, urgent: bool = False) -> Entry:
    """Check what must hold before a release begins, and return the journal's entry for it; nothing is written.

    Args:
        cloud: the account and region.
        spec: the release.
        journal: of the service.
        urgent: the version was good before and is wanted back: whatever rings or is not as it should be, it may begin.

    Raises:
        ConvergeError: it may not begin; the message says why, and what to do.
    """
    if not urgent:
        wait_for_scans(cloud, spec)
    entry, problems = draft(cloud, spec, journal, urgent=urgent)
    if problems:
        raise ConvergeError(f"{spec.service} {spec.version}: {'; '.join(problems)}")
    return entry


def draft(cloud: Cloud, spec: Spec, journal: Journal, *, urgent: bool = False) -> tuple[Entry, list[str]]:
    """Return the journal's entry for a release, and why it may not begin."""
    record, last = read_record(cloud, journal.table, spec.service), journal.read()
    findings = [] if urgent else readiness(cloud, spec, journal, record)
    weights = Rule(cloud, spec.rule).weights()
    entry = _entry(cloud, spec, record, journal, weights)
    entry["findings"] = [finding.text for finding in findings if not finding.stops]
    stops = [finding.text for finding in findings if finding.stops]
    problems = [*_engine(spec, record), *_version(spec, record, last), *stops]
    return entry, [*problems, *_foreign(spec, str(record["stable"]), weights)]


def _stands(spec: Spec, stable: str, weights: Weights) -> bool:
    """Say whether the stable side has everything; AWS's own deployments write other weights than we do."""
    if spec.single:
        return [arn for arn, weight in weights.items() if weight] == [spec.colour(stable).target_group]
    return weights == only(spec, stable)


def _engine(spec: Spec, record: Mapping[str, Any]) -> list[str]:
    if record.get("engine", spec.engine) == spec.engine:
        return []
    how = "ansible-playbook playbooks/migrate_engine.yml changes it without dropping a request"
    return [f"service_engine is {spec.engine}, but the service was made with {record['engine']}; {how}"]


def _version(spec: Spec, record: Mapping[str, Any], last: Mapping[str, Any]) -> list[str]:
    if not spec.revision:  # it is not registered yet, so nobody knows whether it is another one
        return []
    if record["revision"] == spec.revision:
        return [f"is what runs already ({spec.revision.rsplit('/', 1)[-1]})"]
    if last.get("status") == ROLLED_BACK and last["to"]["revision"] == spec.revision and not spec.retry:
        return [f"was rolled back: {last['reason']}. Release another version, or this one again with -e retry=true"]
    return []


def _foreign(spec: Spec, stable: str, weights: Weights) -> list[str]:
    if _stands(spec, stable, weights):
        return []
    told = f"{stable} is the stable side, but the weights are {json.dumps(weights)}"
    return [f"{told}; playbooks/release_clean.yml puts everything back on the stable version"]


def only(spec: Spec, colour: str) -> Weights:
    """Return the weights that give one side everything."""
    return {side.target_group: ALL if side.name == colour else 0 for side in (spec.blue, spec.green)}


def _entry(cloud: Cloud, spec: Spec, record: Mapping[str, Any], journal: Journal, weights: Weights) -> Entry:
    stable = str(record["stable"])
    versions = ("image_tag", "digest", "revision")
    return {
        "service": spec.service,
        "number": max(int(journal.read().get("number", 0)), int(record["number"])) + 1,
        "status": RUNNING,
        "phase": "begun",
        "step": 0,
        "done": 0,
        "answered": [],
        "settings": {name: getattr(spec, name) for name in SETTINGS},
        "actor": spec.actor,
        "begun": cloud.time(),
        "stable": stable,
        "from": {name: record[name] for name in versions},
        "to": {name: getattr(spec, name) for name in versions},
        "migration": spec.migration,
        "floor": floor_after(spec, record, history(journal, REMEMBERED) if spec.migration == CONTRACT else []),
        "count": Tasks(cloud, spec.cluster, spec.container).desired(spec.colour(stable)),
        "weights": weights,
        "safe": weights,
        "engine": spec.engine,
        "strategy": spec.strategy,
        "rule": spec.rule,
        "steps": list(spec.steps),
        "samples": Samples(cloud, spec, stable).before(cloud.time()),
        "looks": [],
        "events": [],
        "shifts": [],
        "tasks": [],
    }
