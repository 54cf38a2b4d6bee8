"""Whether the requests go where the weights say."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

#: Probability that chance alone gives a share outside of the interval, half of it at each end.
CHANCE = 0.001
#: Half-width of that interval in standard deviations of a normal distribution.
NORMAL_999 = 3.2905
#: Requests from which the normal distribution is as good as the binomial one, by the variance of their count.
MANY = 1000
#: Requests under which a share says nothing.
ENOUGH = 30
AGREES, CONTRADICTS, UNKNOWN = "agrees", "contradicts", "unknown"


def observed_share(samples: Iterable[dict[str, Any]]) -> tuple[int, int]:
    """Return the candidate's requests and those of both sides."""
    both = [one for one in samples if one["candidate"] and one["stable"]]
    candidate = sum(one["candidate"]["requests"] for one in both)
    return candidate, candidate + sum(one["stable"]["requests"] for one in both)


def judge_share(samples: Iterable[dict[str, Any]], wanted: float) -> str:
    """Say whether the observed share agrees with the one wanted (0 to 1), contradicts it, or is not known yet.

    It agrees inside of the interval that holds 99.9 % of the shares that chance gives at this many requests.
    """
    candidate, requests = observed_share(samples)
    if requests < ENOUGH:
        return UNKNOWN
    # One request of slack on either side: round robin in several nodes of a load balancer starts anew in each.
    least, most = interval(requests, wanted)
    return AGREES if least - 1 <= candidate <= most + 1 else CONTRADICTS


def interval(requests: int, share: float) -> tuple[int, int]:
    """Return the counts, ends included, that hold 99.9 % of what chance gives the candidate of these requests."""
    variance = requests * share * (1 - share)
    if variance > MANY:
        width = NORMAL_999 * math.sqrt(variance)
        return math.floor(requests * share - width), math.ceil(requests * share + width)
    return _quantile(requests, share), requests - _quantile(requests, 1 - share)


def _quantile(requests: int, share: float) -> int:
    """Return the least count of which the binomial distribution has more than half of CHANCE at or below."""
    if share <= 0 or share >= 1:
        return round(requests * share)
    below, count = 0.0, 0
    while True:
        below += math.exp(_log_probability(requests, share, count))
        if below > CHANCE / 2:
            return count
        count += 1


def _log_probability(requests: int, share: float, count: int) -> float:
    ways = math.lgamma(requests + 1) - math.lgamma(count + 1) - math.lgamma(requests - count + 1)
    return ways + count * math.log(share) + (requests - count) * math.log1p(-share)
