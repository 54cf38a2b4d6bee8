"""What a release is going to do, and what it can see at the present traffic, for people to read before it begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..canary.capacity import canary_capacity
from ..canary.detectable import canary_detectable, detectable_slowness, minutes_to_detect
from ..canary.policy import read_policy
from ..canary.weights import canary_weights
from .cost import extra_cost, tasks_beside
from .counted import MINUTE
from .engines import ENGINES
from .journal import Entry
from .line import percent, span, version
from .spec import CONTRACT, PROMOTE, Spec


@dataclass(frozen=True)
class Known:
    """What a plan knows beside the release and its journal.

    Attributes:
        task_hour: US dollars of a task an hour.
        maximum_percent: of its tasks that the service may have during a deployment.
        alarms: how each alarm stands, by its name.
        rings: seconds until each alarm can ring, by its name.
        in_flight: seconds that requests in flight get when a side ends.
        leftovers: of releases before.
        problems: why it may not begin.
    """

    task_hour: float = 0
    maximum_percent: int = 200
    alarms: dict[str, str] = field(default_factory=dict)
    rings: dict[str, int] = field(default_factory=dict)
    in_flight: int = 0
    leftovers: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Traffic:
    """What the stable version had in the hour before: requests a minute, and the shares that failed and were slow."""

    requests: float
    errors: float
    slow: float


def plan_lines(spec: Spec, entry: Entry, known: Known) -> list[str]:
    """Return the plan of a release.

    Args:
        spec: the release.
        entry: of its journal, with the samples of the hour before it.
        known: what else there is to know.
    """
    old = version(entry["from"])
    side = f"in {spec.other(entry['stable']).name}, {old} is stable in {entry['stable']} with {entry['count']} tasks"
    how = f"{spec.strategy} by {spec.engine}; the verdict {ENGINES[spec.engine].judged}"
    traffic = _traffic(entry)
    steps = canary_weights(spec.steps, spec.hold_back)
    rules = read_policy("release_policy", spec.policy)
    return [
        f"{spec.service} {old} -> {spec.version}  {side}",
        f"  {how}",
        *(f"  refused: {problem}" for problem in known.problems),
        f"  traffic: {traffic.requests:.0f} requests a minute, {_shares(traffic)}",
        *(line for step in steps for line in _step(spec, entry, step, traffic)),
        *_rest(spec),
        f"  an equally good version goes back in {100 * rules.false_rollback:g} % of releases at most",
        _time(spec),
        _cost(spec, entry, steps, known),
        f"  back on: {_reasons(spec)}",
        *_alarms(spec, known.alarms),
        f"  with too little evidence: {spec.unclear} after {spec.extend_minutes:g} minutes more",
        _earliest(spec, known.rings),
        f"  requests in flight get {known.in_flight} s when a side ends",
        f"  migration: {_migration(spec)}",
        f"  the way back afterwards: rollback.yml gives {old} everything again{_floor(entry)}",
        *(f"  note: {finding}" for finding in entry["findings"]),
        *(f"  left over: {leftover}; playbooks/release_clean.yml removes it" for leftover in known.leftovers),
    ]


def _traffic(entry: Entry) -> Traffic:
    counts = [one["stable"] for one in entry["samples"]]
    requests, errors, slow = (sum(one[name] for one in counts) for name in ("requests", "errors", "slow"))
    return Traffic(requests / len(counts), errors / requests, slow / requests) if requests else Traffic(0, 0, 0)


def _shares(traffic: Traffic) -> str:
    return f"{100 * traffic.errors:.2f} % of them fail, {100 * traffic.slow:.2f} % are slow"


def _step(spec: Spec, entry: Entry, step: dict[str, Any], traffic: Traffic) -> Iterable[str]:
    gate = f"{spec.steps[step['step'] - 1]:g}"
    if gate in spec.gates:
        yield f"  asks before {gate} %: promote.yml goes on; {spec.gate_unanswered} after {spec.gate_minutes:g} minutes"
    share = percent(int(step["candidate"]))
    tasks = entry["count"] if spec.single else canary_capacity(entry["count"], step["share"])["candidate"]
    told = f"  step {step['step']}: {share:g} % for {span(spec.bake_minutes * 60)} on {tasks} tasks"
    yield f"{told} ({_load(share, tasks, entry['count'])}), {_seen(spec, share, traffic)}"


def _rest(spec: Spec) -> Iterable[str]:
    """Tell that what no step has tried comes at once."""
    if spec.steps[-1] < 100:  # noqa: PLR2004  per cent
        yield f"  then all of it: from {spec.steps[-1]:g} % to 100 % at once, with no step between"


def _load(share: float, tasks: int, stable: int) -> str:
    """Return how much a task of the candidate gets to do, beside one that serves everything now."""
    return f"{share / 100 / tasks * stable:.2g} times the load of a task now"


def _seen(spec: Spec, share: float, traffic: Traffic) -> str:
    if not spec.bake_minutes or share >= 100:  # noqa: PLR2004  per cent: nothing to compare with
        return "not compared"
    found = canary_detectable(traffic.requests, share, spec.bake_minutes, traffic.errors, spec.policy)
    if found["requests"] < read_policy("release_policy", spec.policy).minimum_requests:
        return f"blind: {found['requests']} requests are too few to judge by; {_longer(spec, share, traffic)}"
    if found["error_rate"] is None:
        return f"blind: {found['requests']} requests cannot show more failures; {_longer(spec, share, traffic)}"
    slow = detectable_slowness(traffic.requests, share, spec.bake_minutes, traffic.slow, spec.policy)
    slowness = "no slowness" if slow is None else f"slowness of {100 * slow:.2f} % and more"
    return f"{found['requests']} requests; finds failures of {100 * found['error_rate']:.2f} % and more, {slowness}"


def _longer(spec: Spec, share: float, traffic: Traffic) -> str:
    """Return how long a blind step had to be, and what becomes of it."""
    needed = minutes_to_detect(traffic.requests, share, traffic.errors, spec.policy)
    told = f"it takes {needed} minutes to see" if needed else "no bake of a week can"
    most = spec.bake_minutes + spec.extend_minutes
    if needed and needed <= most:
        return f"{told}, and the step is extended to {most:g}"
    then = "goes on, as release_unclear says" if spec.unclear == PROMOTE else "goes back, as release_unclear says"
    return f"{told}; after {most:g} the release {then}"


def _time(spec: Spec) -> str:
    least, most = (
        len(spec.steps) * minutes for minutes in (spec.bake_minutes, spec.bake_minutes + spec.extend_minutes)
    )
    asked = f", and as long as people take to answer before {', '.join(spec.gates)}" if spec.gates else ""
    minutes = f"{least:g}" if least == most else f"{least:g} to {most:g}"
    return f"  takes {minutes} minutes beside the start of tasks{asked}"


def _cost(spec: Spec, entry: Entry, steps: list[dict[str, Any]], known: Known) -> str:
    tasks = [_beside(spec, entry, step, known) for step in steps]
    least = extra_cost(((spec.bake_minutes, one) for one in tasks), known.task_hour)
    most = extra_cost(((spec.bake_minutes + spec.extend_minutes, one) for one in tasks), known.task_hour)
    dollars = " to ".join(dict.fromkeys(f"{one:.2f}" for one in (least, most)))
    return f"  costs {'less than 0.01' if dollars == '0.00' else dollars} US dollars for tasks beside the stable ones"


def _beside(spec: Spec, entry: Entry, step: dict[str, Any], known: Known) -> int:
    """Return how many tasks run beside those that serve everything."""
    if spec.single:
        return tasks_beside(spec.engine, entry["count"], known.maximum_percent)
    return canary_capacity(entry["count"], step["share"])["candidate"]


def _earliest(spec: Spec, rings: dict[str, int]) -> str:
    looks = MINUTE + spec.metric_delay + spec.look_seconds
    alarms = f", an alarm after {span(min(rings.values()))}" if rings else ", no alarm"
    return f"  earliest way back after the first bad request: {span(looks)} by the verdict{alarms}"


def _reasons(spec: Spec) -> str:
    alarms = "an alarm, " if spec.alarms else ""
    return (
        f"{alarms}more failed or slow requests (over {spec.latency_objective:g} s), unhealthy tasks, crashes, abort.yml"
    )


def _alarms(spec: Spec, alarms: Mapping[str, str]) -> Iterable[str]:
    if not spec.alarms:
        yield "  no alarm is checked: release_alarms is empty"
    for name in spec.alarms:
        yield f"  alarm {name}: {alarms.get(name, 'not there')}"


def _migration(spec: Spec) -> str:
    since = f", for versions from {spec.contract_from} on" if spec.contract_from else ""
    kept = ", after a snapshot of the database" if spec.migration == CONTRACT else ""
    return f"{spec.migration}{since}{kept}" if spec.migration else "none"


def _floor(entry: Entry) -> str:
    floor = entry["floor"]
    return f"; older ones than release {floor} do not fit the database any more" if floor else ""
