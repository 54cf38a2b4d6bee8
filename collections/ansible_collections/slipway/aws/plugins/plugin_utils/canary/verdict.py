"""The verdict on a candidate: promote, roll back, or not enough evidence yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .bursts import burst_size
from .evidence import Minute, evidence
from .policy import Policy, policy

PROMOTE, ROLL_BACK, WAIT = "promote", "rollback", "wait"
#: What a request can be that no user wants; both share the chance of a false rollback.
FAULTS = ("errors", "slow")
COUNTS = ("requests", *FAULTS)
Sample = Mapping[str, Any]


def canary_verdict(samples: Sequence[Sample], declared: Mapping[str, Any], *, final: bool = False) -> dict[str, Any]:
    """Judge a candidate by all that is known of it and of the stable version.

    Args:
        samples: one a minute, ``{"minute": number, "stable": counts, "candidate": counts}``, with counts ``requests``,
            ``errors`` and ``slow`` as the load balancer saw them, or ``None`` where the metric is missing. Minutes
            before the release, without a candidate, tell how far failures come in bursts.
        declared: a policy; see :class:`Policy`.
        final: the time to look is over; only then there is a promotion.

    Returns:
        ``verdict``, ``reason``, ``evidence`` and the ``limits`` at which it goes back, both for ``errors`` and
        ``slow``, the counts of both versions, the sizes of ``burst`` and the minutes ``missing`` at the end.

    Raises:
        ValueError: the policy is wrong, or counts are negative.
    """
    wanted = policy(declared)
    known = [one for one in samples if one["stable"] is not None and one["candidate"] is not None]
    sides = {side: _sum(known, side) for side in ("candidate", "stable")}
    served = [one for one in samples if one["stable"] is not None]
    burst = {fault: burst_size(_minute(one, fault) for one in served) for fault in FAULTS}
    found = {
        fault: evidence((_minute(one, fault) for one in known), burst[fault], wanted.rate_ratios) for fault in FAULTS
    }
    missing = _missing_at_end(samples)
    told = {"evidence": found, "limits": wanted.limits, **sides, "burst": burst, "missing": missing}
    against = _above_ceiling(wanted, known, found["errors"]) or _against(wanted, told)
    if against:
        return {"verdict": ROLL_BACK, "reason": against, **told}
    requests = sides["candidate"]["requests"]
    if requests < wanted.minimum_requests:
        return {"verdict": WAIT, "reason": f"{requests} requests of at least {wanted.minimum_requests}", **told}
    return {"verdict": PROMOTE if final and not missing else WAIT, "reason": f"nothing in {requests} requests", **told}


def _against(wanted: Policy, told: Mapping[str, Any]) -> str:
    """Return why the candidate must go back; empty when nothing says so."""
    for fault in FAULTS:
        if told["evidence"][fault] >= told["limits"][fault]:
            return _worse(fault, told)
    if told["missing"] >= wanted.missing_cap:
        return f"no metrics for {told['missing']} minutes, {wanted.missing_cap} is the cap"
    return ""


def _above_ceiling(wanted: Policy, samples: Sequence[Sample], against: float) -> str:
    """Say whether the candidate's last requests failed so often that nobody would wait for all of the evidence."""
    recent: list[Sample] = []
    for sample in reversed(samples):
        recent.append(sample)
        if sum(one["candidate"]["requests"] for one in recent) >= wanted.ceiling_requests:
            break
    candidate = _sum(recent, "candidate")
    enough = candidate["requests"] >= wanted.ceiling_requests and against >= wanted.ceiling_evidence
    if enough and _rate(candidate, "errors") >= wanted.ceiling:
        return f"{_rate(candidate, 'errors'):.0%} of its last requests failed, {wanted.ceiling:.0%} is the ceiling"
    return ""


def _worse(fault: str, told: Mapping[str, Any]) -> str:
    candidate, stable = told["candidate"], told["stable"]
    rates = f"{_rate(candidate, fault):.2%} against {_rate(stable, fault):.2%}"
    counts = f"{candidate[fault]} of {candidate['requests']} against {stable[fault]} of {stable['requests']}"
    return f"more {fault}: {rates} ({counts}), evidence {told['evidence'][fault]:.1f} of {told['limits'][fault]:.0f}"


def _missing_at_end(samples: Sequence[Sample]) -> int:
    """Return how many of the last minutes have no metrics; while there were none at all, there is no traffic."""
    seen = [one["stable"] is not None for one in samples]
    return seen[::-1].index(True) if any(seen) else 0


def _sum(samples: Sequence[Sample], side: str) -> dict[str, int]:
    return {name: sum(_counted(one, side)[name] for one in samples) for name in COUNTS}


def _counted(sample: Sample, side: str) -> Mapping[str, int]:
    """Return a side's counts.

    Raises:
        ValueError: one is negative, as when a counter was read backwards, or more failed than there were requests.
    """
    counts: Mapping[str, int] = sample[side] or dict.fromkeys(COUNTS, 0)
    if min(counts[name] for name in COUNTS) < 0:
        raise ValueError(f"canary_verdict: minute {sample['minute']} of {side} is {dict(counts)}; counts are 0 or more")
    return counts


def _minute(sample: Sample, fault: str) -> Minute:
    candidate, stable = _counted(sample, "candidate"), _counted(sample, "stable")
    return Minute(
        candidate["requests"],
        min(candidate[fault], candidate["requests"]),
        stable["requests"],
        min(stable[fault], stable["requests"]),
    )


def _rate(counts: Mapping[str, int], fault: str) -> float:
    return counts[fault] / counts["requests"] if counts["requests"] else 0.0
