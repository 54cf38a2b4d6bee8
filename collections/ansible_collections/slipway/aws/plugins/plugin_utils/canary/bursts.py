"""How far failed requests come in bursts, as with clients that try again."""

from __future__ import annotations

from collections.abc import Iterable

from .evidence import Minute

#: What is believed before there are minutes to learn from: a burst of this size, worth this many minutes.
PRIOR_BURST, PRIOR_MINUTES = 1.5, 5
LARGEST = 20.0


def burst_size(minutes: Iterable[Minute]) -> float:
    """Return the variance of the stable version's failed requests over what chance alone gives, at least 1.

    Each minute is compared with the mean rate of all (Pearson's statistic), so that growing traffic is no burst. A few
    minutes say little, so they are mixed with a cautious guess.
    """
    usable = [one for one in minutes if one.stable_requests]
    requests, failed = sum(one.stable_requests for one in usable), sum(one.stable_failed for one in usable)
    if not failed:
        return PRIOR_BURST
    rate = failed / requests
    pearson = sum(
        (one.stable_failed - rate * one.stable_requests) ** 2 / (rate * one.stable_requests) for one in usable
    )
    freedom = len(usable) - 1
    mixed = (PRIOR_BURST * PRIOR_MINUTES + pearson) / (PRIOR_MINUTES + freedom)
    return min(LARGEST, max(1.0, mixed))
