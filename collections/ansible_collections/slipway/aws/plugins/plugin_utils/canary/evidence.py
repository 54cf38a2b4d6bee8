"""Evidence that the candidate fails more often than the stable version, valid however often one looks.

Given all failed requests of a minute, and no difference between the versions, each of them falls on the candidate
with the probability of its share of the requests. The likelihood ratio of a worse candidate against that, averaged
over several ratios of the rates, is a test martingale: the chance that it ever reaches L is at most 1/L (Ville's
inequality; Ramdas, Grünwald, Vovk, Shafer, "Game-theoretic statistics and safe anytime-valid inference", Statistical
Science 38(4), 2023). What both versions suffer alike, such as a failing database, gives no evidence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

#: Ratios of the candidate's failure rate to the stable one's that are looked for, and how much each counts.
RATE_RATIOS: dict[float, float] = {2.5: 0.2, 4.0: 0.6, 8.0: 0.15, 30.0: 0.05}


#: Logarithm of evidence beyond which it does not matter how much there is, and floats end.
LARGEST = 700.0


class Minute(NamedTuple):
    """Requests and failed ones of both versions in one interval."""

    candidate_requests: int
    candidate_failed: int
    stable_requests: int
    stable_failed: int


def evidence(minutes: Iterable[Minute], burst: float = 1.0, ratios: Mapping[float, float] = RATE_RATIOS) -> float:
    """Return the evidence; 1 is none, and 20 has a chance of at most 5 % when there is no difference.

    Args:
        minutes: counts, in any order.
        burst: failed requests that come together on average, geometrically distributed; a burst falls on one version.
        ratios: of failure rates, above 1, with weights that add up to 1.
    """
    usable = [one for one in minutes if one.candidate_requests and one.stable_requests]
    logs = {ratio: sum(_log_ratio(one, ratio, burst) for one in usable) for ratio in ratios}
    return math.fsum(weight * math.exp(min(logs[ratio], LARGEST)) for ratio, weight in ratios.items())


def _log_ratio(minute: Minute, ratio: float, burst: float) -> float:
    share = minute.candidate_requests / (minute.candidate_requests + minute.stable_requests)
    worse = share * ratio / (share * ratio + 1 - share)
    candidate, stable = _per_failure(worse / share, burst), _per_failure((1 - worse) / (1 - share), burst)
    return minute.candidate_failed * candidate + minute.stable_failed * stable


def _per_failure(ratio: float, burst: float) -> float:
    """Return what one of a burst's failures adds, so that a burst of geometric size adds ``ratio`` on average."""
    return math.log(burst * ratio / (1 + (burst - 1) * ratio))
