"""How far failed requests come in bursts, as with clients that try again."""

from __future__ import annotations

import math
from collections.abc import Iterable

from .evidence import Minute

#: What is believed before there are minutes to learn from: a variance of this times chance's, worth this many minutes.
PRIOR, PRIOR_MINUTES = 3.0, 2
#: Standard deviations above 1 from which a size is believed: chance alone gets there once in twenty times.
BELIEVED = 1.645
LARGEST = 20.0
#: Minutes from which chance can be told from bursts.
ENOUGH = 20


def burst_size(minutes: Iterable[Minute]) -> float:
    """Return how many failed requests come together on average, at least 1.

    With bursts of geometric size of mean m, the variance of the counts is 2m - 1 times what chance alone gives. Each
    minute is compared with the mean rate of all (Pearson's statistic), so that growing traffic is no burst. A few
    minutes say little, so they are mixed with a cautious guess.
    """
    usable = [one for one in minutes if one.stable_requests]
    requests, failed = sum(one.stable_requests for one in usable), sum(one.stable_failed for one in usable)
    if not failed:
        return (PRIOR + 1) / 2
    rate = failed / requests
    pearson = sum(
        (one.stable_failed - rate * one.stable_requests) ** 2 / (rate * one.stable_requests) for one in usable
    )
    freedom = len(usable) - 1
    mixed = (PRIOR * PRIOR_MINUTES + pearson) / (PRIOR_MINUTES + freedom)
    by_chance = 1 + BELIEVED * math.sqrt(2 / freedom) if freedom >= ENOUGH else 1.0
    return min(LARGEST, (mixed + 1) / 2) if mixed > by_chance else 1.0
