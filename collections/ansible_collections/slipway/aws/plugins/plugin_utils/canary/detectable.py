"""What a step can see: the smallest failure rate of a candidate that its evidence finds in time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

from .policy import Policy, policy
from .weights import ALL

#: Chance with which what is called detectable is found.
POWER = 0.8
#: Bisection steps: 2^-30 of the range is far below what anybody reads.
STEPS = 30


def canary_detectable(
    requests_per_minute: float, share: float, minutes: float, error_rate: float, declared: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the smallest failure rate that is found with a chance of 80 % by the end of a step.

    The evidence's logarithm is taken as normal, with Poisson counts and failures that come alone;
    simulations of ``bench/verdict.py`` find within a fifth of what is said here, once ten failures are expected.

    Args:
        requests_per_minute: of the whole service.
        share: per cent of them for the candidate.
        minutes: of the step.
        error_rate: of the stable version, 0 to 1.
        declared: a policy, as for the verdict.

    Returns:
        ``requests`` of the candidate, and ``error_rate`` from 0 to 1; 1 when nothing can be found.

    Raises:
        ValueError: an argument is out of range.
    """
    if requests_per_minute < 0 or not 0 < share < ALL or minutes <= 0 or not 0 <= error_rate < 1:
        raise ValueError(
            f"canary_detectable: requests_per_minute is {requests_per_minute}, share {share}, minutes {minutes}, and"
            f" error_rate {error_rate}; allowed are 0 or more, between 0 and 100, above 0, and 0 to 1"
        )
    total = requests_per_minute * minutes
    candidate = total * share / ALL
    wanted = policy(declared)
    low, high = error_rate, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        found = power(wanted, candidate, total - candidate, middle, error_rate) >= POWER
        low, high = (low, middle) if found else (middle, high)
    return {"requests": round(candidate), "error_rate": round(high, 6)}


def power(wanted: Policy, candidate: float, stable: float, worse: float, rate: float) -> float:
    """Return the chance that the evidence reaches its limit.

    Args:
        wanted: the policy.
        candidate: its requests.
        stable: requests of the stable version.
        worse: failure rate of the candidate.
        rate: failure rate of the stable version.
    """
    if not candidate or not stable:
        return 0.0
    share = candidate / (candidate + stable)
    return max(
        _reaches(math.log(wanted.limits["errors"] / weight), share, ratio, candidate * worse, stable * rate)
        for ratio, weight in wanted.rate_ratios.items()
    )


def _reaches(needed: float, share: float, ratio: float, failed: float, stable_failed: float) -> float:
    """Return the chance that Poisson counts with these means give the needed log likelihood ratio."""
    worse = share * ratio / (share * ratio + 1 - share)
    gain, loss = math.log(worse / share), math.log((1 - worse) / (1 - share))
    mean = failed * gain + stable_failed * loss
    variance = failed * gain**2 + stable_failed * loss**2
    return 1 - NormalDist(mean, math.sqrt(variance)).cdf(needed) if variance else 0.0
