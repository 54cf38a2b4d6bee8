"""What a release is going to do, and what it can see at the present traffic, for people to read before it begins."""

from __future__ import annotations

from ..canary.capacity import canary_capacity
from ..canary.detectable import canary_detectable
from ..canary.policy import read_policy
from ..canary.weights import canary_weights
from .engines import ENGINES
from .journal import Entry
from .line import percent, span
from .spec import Spec


def plan_lines(spec: Spec, entry: Entry) -> list[str]:
    """Return the plan of a release.

    Args:
        spec: the release.
        entry: of its journal, with the samples of the hour before it.
    """
    old = entry["from"]["image_tag"] or entry["from"]["digest"][:19]
    side = f"in {spec.other(entry['stable']).name}, {old} is stable in {entry['stable']} with {entry['count']} tasks"
    how = f"{spec.strategy} by {spec.engine}; the verdict {ENGINES[spec.engine].judged}"
    requests, rate = _traffic(entry)
    unclear = f"{spec.unclear} after {spec.extend_minutes:g} minutes more"
    return [
        f"{spec.service} {old} -> {spec.version}  {side}",
        f"  {how}",
        f"  traffic: {requests:.0f} requests a minute, {100 * rate:.2f} % of them fail",
        *(_step(spec, entry, step, requests, rate) for step in canary_weights(spec.steps, spec.hold_back)),
        f"  back on: {_reasons(spec)}; with too little evidence: {unclear}",
        f"  the way back afterwards: rollback.yml gives {old} everything again",
    ]


def _traffic(entry: Entry) -> tuple[float, float]:
    """Return requests a minute and the share that fails, of the hour before."""
    counts = [one["stable"] for one in entry["samples"]]
    requests = sum(one["requests"] for one in counts)
    return (requests / len(counts), sum(one["errors"] for one in counts) / requests) if requests else (0.0, 0.0)


def _step(spec: Spec, entry: Entry, step: dict[str, float], requests: float, rate: float) -> str:
    share = percent(int(step["candidate"]))
    tasks = entry["count"] if spec.single else canary_capacity(entry["count"], step["share"])["candidate"]
    told = f"  step {step['step']}: {share:g} % for {span(spec.bake_minutes * 60)} on {tasks} tasks"
    if not spec.bake_minutes or share >= 100:  # noqa: PLR2004  per cent: nothing to compare with
        return f"{told}, not compared"
    found = canary_detectable(requests, share, spec.bake_minutes, rate, spec.policy)
    if found["requests"] < read_policy("release_policy", spec.policy).minimum_requests:
        return f"{told}, blind: {found['requests']} requests are too few to judge by"
    if found["error_rate"] is None:
        return f"{told}, blind: {found['requests']} requests cannot show more failures"
    return f"{told}, {found['requests']} requests; finds failures of {100 * found['error_rate']:.2f} % and more"


def _reasons(spec: Spec) -> str:
    alarms = f"{len(spec.alarms)} alarms, " if spec.alarms else ""
    return (
        f"{alarms}more failed or slow requests (over {spec.latency_objective:g} s), unhealthy tasks, crashes, abort.yml"
    )
