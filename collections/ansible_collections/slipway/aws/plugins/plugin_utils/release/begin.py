"""Before a release's first write: may it begin, does it go on where another stopped, and from where to where."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from ..cloud import Cloud, error_code
from ..limits import LIMITS, limit_problems
from ..resource import ConvergeError
from .again import is_elsewhere
from .difference import is_same
from .engines import share_problems
from .image_scan import wait_for_scans
from .journal import ROLLED_BACK, RUNNING, STOPPED, SUCCEEDED, WAITS, Entry, Journal
from .migration import check_migration, floor_after
from .readiness import readiness
from .record import read_record
from .samples import Samples
from .spec import CONTRACT, Spec
from .status import REMEMBERED, history
from .tasks import Tasks
from .topology_check import read_attributes, sticks
from .traffic import ALL, Rule, Stickiness, Weights

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
#: What a journal has of a version.
VERSIONS = ("image_tag", "digest", "revision")


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
        refuse_numbers(spec)
        wait_for_scans(cloud, spec)
    entry, problems = draft(cloud, spec, journal, urgent=urgent)
    if problems:
        raise ConvergeError(f"{spec.service} {spec.version}: {'; '.join(problems)}")
    return entry


def refuse_numbers(spec: Spec) -> None:
    """Refuse steps that are no shares of the traffic, and times that are none, while nothing is done.

    Raises:
        ConvergeError: there are some.
    """
    given = {f"release_{name}": getattr(spec, name) for name in SETTINGS}
    asked = given | {"service_engine": spec.engine}
    problems = [*share_problems(spec.service, asked), *limit_problems(spec.service, given, LIMITS)]
    if problems:
        raise ConvergeError("; ".join(problems))


def draft(cloud: Cloud, spec: Spec, journal: Journal, *, urgent: bool = False) -> tuple[Entry, list[str]]:
    """Return the journal's entry for a release, and why it may not begin."""
    record = read_record(cloud, journal.table, spec.service)
    past = [] if urgent else [journal.read(), *history(journal, REMEMBERED)]
    findings = [] if urgent else readiness(cloud, spec, journal, record)
    rule = Rule(cloud, spec.rule)
    weights = rule.weights()
    entry = _entry(cloud, spec, record, journal, weights)
    entry["stickiness"] = _stickiness(cloud, spec, rule)
    entry["findings"] = [finding.text for finding in findings if not finding.stops]
    stops = [finding.text for finding in findings if finding.stops]
    problems = [*_engine(spec, record), *check_version(cloud, spec, record, past), *stops]
    return entry, [*problems, *_foreign(spec, str(record["stable"]), weights)]


def _stickiness(cloud: Cloud, spec: Spec, rule: Rule) -> Stickiness:
    """Return the rule's stickiness where it is ours to switch off: AWS refuses that while sessions stick to tasks."""
    found = {} if spec.single else rule.stickiness_config()
    fixed = found and any(sticks(read_attributes(cloud, side)) for side in (spec.blue, spec.green))
    return {} if fixed else found


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


def check_version(cloud: Cloud, spec: Spec, record: Mapping[str, Any], past: Iterable[Entry]) -> list[str]:
    """Return why a version may not be released: it runs, or it went back."""
    if not spec.revision:  # it is not registered yet, so nobody knows whether it is another one
        return []
    if record["revision"] == spec.revision:
        return [f"is what runs already ({spec.revision.rsplit('/', 1)[-1]})"]
    back = {} if spec.retry else went_back(past, spec.digest)
    if not back or not _may_be_same(cloud, left_by(back)["revision"], spec.revision):
        return []
    why = back.get("why") or back["reason"]
    return [f"was rolled back: {why}. Release another version, or this one again with -e retry=true"]


def refuse_version(cloud: Cloud, spec: Spec, journal: Journal) -> None:
    """Refuse a version that may not follow the stable one, however a release that goes on ends.

    Raises:
        ConvergeError: it runs, it went back, or its migration would break the stable version.
    """
    record, past = read_record(cloud, journal.table, spec.service), list(history(journal, REMEMBERED))
    stops = [finding.text for finding in check_migration(spec, record, past) if finding.stops]
    if problems := [*check_version(cloud, spec, record, past), *stops]:
        raise ConvergeError(f"{spec.service} {spec.version}: {'; '.join(problems)}")


def went_back(past: Iterable[Entry], digest: str) -> Entry:
    """Return the release with which a version went back, empty when none did or another gave it everything since.

    Args:
        past: releases, the latest first.
        digest: of the version.
    """
    for entry in past:
        if entry.get("status") in {ROLLED_BACK, SUCCEEDED} and left_by(entry)["digest"] == digest:
            return entry
        if entry.get("status") == SUCCEEDED and entry["to"]["digest"] == digest:
            return {}
    return {}


def left_by(entry: Entry) -> dict[str, str]:
    """Return the version that an ended release has left for good, with nothing in it where that is none."""
    if entry["status"] == ROLLED_BACK:
        return dict(entry["to"])
    return dict(entry["from"]) if entry.get("returns") else dict.fromkeys(VERSIONS, "")


def _may_be_same(cloud: Cloud, before: str, now: str) -> bool:
    """Say whether two revisions of one image may have the same settings; with others in Git it is another attempt.

    Of one that was left in another account or region, or was deleted since, nobody knows.
    """
    try:
        return is_elsewhere(cloud, before) or is_same(cloud, before, now)
    except ClientError as error:
        if error_code(error) != "ClientException":
            raise
        return True


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
        "from": {name: record[name] for name in VERSIONS},
        "to": {name: getattr(spec, name) for name in VERSIONS},
        "migration": spec.migration,
        "floor": floor_after(
            spec.migration,
            spec.contract_from,
            record,
            history(journal, REMEMBERED) if spec.migration == CONTRACT else [],
        ),
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
