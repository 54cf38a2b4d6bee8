"""The verdict on a candidate: promote, roll back, or not enough evidence yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .judge import Judge
from .policy import read_policy
from .samples import Side, read_samples

FILTER = "canary_verdict"


def canary_verdict(
    samples: Iterable[Mapping[str, Any]], policy: Mapping[str, Any] | None = None, *, final: bool = False
) -> dict[str, Any]:
    """Judge a candidate by all samples so far; once condemned, later ones change nothing.

    Args:
        samples: counts of both versions by minute, see :mod:`.samples`; earlier minutes, in which the candidate had
            no requests, tell how far stable's errors come in bursts.
        policy: see :class:`.policy.Policy`; the ceiling as ``hard_ceiling: {error_rate, requests}``.
        final: whether the bake is over and the candidate may be promoted.

    Returns:
        ``verdict`` (``promote``, ``rollback`` or ``wait``), ``reason``, ``evidence`` (of ``errors`` and ``slow``, whose
        sum is compared with ``limit``), counts of ``candidate`` and ``stable`` where both had requests, ``burst``
        (variance-to-mean ratio of both counts) and ``missing`` (minutes without metrics, up to now).

    Raises:
        CanaryError: a sample or the policy has another shape.
    """
    judge = Judge(read_policy(f"{FILTER}: policy", policy))
    for sample in read_samples(f"{FILTER}: samples", samples):
        judge.add(sample)
        if judge.condemned:  # what a look at this sample said holds, whether anybody looked or not
            break
    verdict, reason = _decide(judge, final=final)
    return {
        "verdict": verdict,
        "reason": reason,
        "evidence": {
            "errors": judge.evidence_of_errors,
            "slow": judge.evidence_of_slowness,
            "limit": judge.policy.limit,
        },
        "candidate": judge.candidate._asdict(),
        "stable": judge.stable._asdict(),
        "burst": {"errors": judge.errors.bursts.ratio, "slow": judge.slow.bursts.ratio},
        "missing": judge.missing,
    }


def _decide(judge: Judge, *, final: bool) -> tuple[str, str]:
    """Return a verdict with its reason; what speaks for a rollback comes first."""
    policy = judge.policy
    if judge.above_ceiling:
        return "rollback", f"hard ceiling: {_rates(judge, 'errors')}; {100 * policy.ceiling_rate:g} % is not waited on"
    if judge.evidence >= policy.limit:
        kind = "errors" if judge.evidence_of_errors >= judge.evidence_of_slowness else "slow"
        return "rollback", f"{_rates(judge, kind)}; {_evidence(judge)}"
    if judge.missing >= policy.missing_cap:
        return "rollback", f"metrics lost: none of both versions for {judge.missing} minutes"
    doubts = _doubts(judge)
    if doubts:
        return "wait", doubts
    return ("promote", f"no difference: {_evidence(judge)}") if final else ("wait", f"baking: {_evidence(judge)}")


def _doubts(judge: Judge) -> str:
    """Return why the candidate cannot be promoted, or nothing."""
    policy, requests = judge.policy, judge.candidate.requests
    if judge.missing:
        return f"metrics missing for {judge.missing} of {policy.missing_cap} minutes"
    if requests < policy.minimum_requests:
        return f"not enough evidence: {requests} of {policy.minimum_requests} requests on the candidate"
    if judge.samples < policy.minimum_samples:
        return (
            f"not enough evidence: {judge.samples} of {policy.minimum_samples} samples with requests on both versions"
        )
    if judge.evidence >= policy.doubt * policy.limit:
        return f"in doubt: {_evidence(judge)}, to be promoted it must be below {policy.doubt * policy.limit:g}"
    return ""


def _evidence(judge: Judge) -> str:
    return f"evidence {judge.evidence:.3g} of {judge.policy.limit:g}"


def _rates(judge: Judge, kind: str) -> str:
    """Return both rates in words, e.g. errors 2.1 % of 620 requests against 0.48 % of 5400 on stable."""
    return f"{kind} {_rate(judge.candidate, kind)} against {_rate(judge.stable, kind)} on stable"


def _rate(side: Side, kind: str) -> str:
    share = 100 * getattr(side, kind) / max(1, side.requests)
    return f"{float(f'{share:.2g}'):g} % of {side.requests} requests"
