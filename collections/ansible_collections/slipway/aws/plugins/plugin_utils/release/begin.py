"""Before a release's first write: may it begin, does it go on where another stopped, and from where to where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..cloud import Cloud
from ..resource import ConvergeError
from .journal import ROLLED_BACK, RUNNING, STOPPED, Entry, Journal
from .record import read_record
from .samples import Samples
from .spec import Spec
from .tasks import Tasks
from .traffic import ALL, Rule, Weights
from .watch import alarms_in


def unfinished(entry: Mapping[str, Any]) -> bool:
    """Say whether a journal's release has neither succeeded nor been rolled back."""
    return entry.get("status") in {RUNNING, STOPPED}


def goes_on(entry: Mapping[str, Any], spec: Spec) -> bool:
    """Say whether a release is the same as an unfinished one, and goes on with it."""
    return entry.get("status") == RUNNING and entry["to"]["revision"] == spec.revision and not entry.get("order")


def new_entry(cloud: Cloud, spec: Spec, journal: Journal) -> Entry:
    """Check what must hold before a release begins, and return the journal's entry for it; nothing is written.

    Raises:
        ConvergeError: it may not begin; the message says why, and what to do.
    """
    record, last = read_record(cloud, journal.table, spec.service), journal.read()
    problems = [*_engine(spec, record), *_version(spec, record, last), *_alarms(cloud, spec)]
    if problems:
        raise ConvergeError(f"{spec.service} {spec.version}: {'; '.join(problems)}")
    stable = str(record["stable"])
    weights = Rule(cloud, spec.rule).weights()
    if not _stands(spec, stable, weights):
        raise ConvergeError(
            f"{spec.service}: {stable} is the stable side, but the weights are {json.dumps(weights)};"
            " playbooks/abort.yml puts everything back on the stable version"
        )
    return _entry(cloud, spec, record, last, weights)


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
    if record["revision"] == spec.revision:
        return [f"is what runs already ({spec.revision.rsplit('/', 1)[-1]})"]
    if last.get("status") == ROLLED_BACK and last["to"]["revision"] == spec.revision and not spec.retry:
        return [f"was rolled back: {last['reason']}. Release another version, or this one again with -e retry=true"]
    return []


def _alarms(cloud: Cloud, spec: Spec) -> list[str]:
    """Return what is wrong with the alarms that would roll the release back."""
    ringing, missing = (alarms_in(cloud, spec.alarms, state) for state in ("ALARM", "MISSING"))
    told = [f"alarm {name} is ringing already: mend its cause first" for name in ringing]
    return told + [f"alarm {name} is not there: run site.yml --limit alarms" for name in missing]


def only(spec: Spec, colour: str) -> Weights:
    """Return the weights that give one side everything."""
    return {side.target_group: ALL if side.name == colour else 0 for side in (spec.blue, spec.green)}


def _entry(cloud: Cloud, spec: Spec, record: Mapping[str, Any], last: Mapping[str, Any], weights: Weights) -> Entry:
    stable = str(record["stable"])
    versions = ("image_tag", "digest", "revision")
    return {
        "service": spec.service,
        "number": max(int(last.get("number", 0)), int(record["number"])) + 1,
        "status": RUNNING,
        "phase": "begun",
        "step": 0,
        "actor": spec.actor,
        "begun": cloud.time(),
        "stable": stable,
        "from": {name: record[name] for name in versions},
        "to": {name: getattr(spec, name) for name in versions},
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
    }
