"""Evidence that the candidate fails more often than the stable version, valid however often one looks.

Given all failed requests of a minute, and no difference between the versions, each of them falls on the candidate
with the probability of its share of the requests. The likelihood ratio of a worse candidate against that, averaged
over several ratios of the rates, is a test martingale: the chance that it ever reaches L is at most 1/L (Ville's
inequality; Ramdas, Grünwald, Vovk, Shafer, "Game-theoretic statistics and safe anytime-valid inference", Statistical
Science 38(4), 2023). What both versions suffer alike, such as a failing database, gives no evidence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

#: Ratios of the candidate's failure rate to the stable one's that are looked for, equally weighted.
RATE_RATIOS = (1.5, 2.0, 3.0, 5.0, 10.0, 30.0)


class Minute(NamedTuple):
    """Requests and failed ones of both versions in one interval."""

    candidate_requests: int
    candidate_failed: int
    stable_requests: int
    stable_failed: int


def evidence(minutes: Iterable[Minute], burst: float = 1.0, ratios: Sequence[float] = RATE_RATIOS) -> float:
    """Return the evidence; 1 is none, and 20 has a chance of at most 5 % when there is no difference.

    Args:
        minutes: counts, in any order.
        burst: failed requests that come together on average; counts are divided by it.
        ratios: of failure rates, above 1.
    """
    usable = [one for one in minutes if one.candidate_requests and one.stable_requests]
    logs = [sum(_log_ratio(one, ratio) for one in usable) / burst for ratio in ratios]
    top = max(logs, default=0.0)
    return math.exp(min(top, 700.0)) * sum(math.exp(log - top) for log in logs) / len(logs)


def _log_ratio(minute: Minute, ratio: float) -> float:
    share = minute.candidate_requests / (minute.candidate_requests + minute.stable_requests)
    worse = share * ratio / (share * ratio + 1 - share)
    return minute.candidate_failed * math.log(worse / share) + minute.stable_failed * math.log(
        (1 - worse) / (1 - share)
    )
