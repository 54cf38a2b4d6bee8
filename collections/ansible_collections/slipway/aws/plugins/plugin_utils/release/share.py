"""Whether the requests go where the weights say."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

#: Half-width, in standard deviations, of the interval that holds 99.9 % of binomial shares.
NORMAL_999 = 3.29
#: Requests under which a share says nothing.
ENOUGH = 30
AGREES, CONTRADICTS, UNKNOWN = "agrees", "contradicts", "unknown"


def observed_share(samples: Iterable[dict[str, Any]]) -> tuple[int, int]:
    """Return the candidate's requests and those of both sides."""
    pairs = [(one["candidate"]["requests"], one["stable"]["requests"]) for one in samples if one["candidate"]]
    candidate = sum(pair[0] for pair in pairs)
    return candidate, candidate + sum(pair[1] for pair in pairs)


def judge_share(samples: Iterable[dict[str, Any]], wanted: float) -> str:
    """Say whether the observed share agrees with the one wanted (0 to 1), contradicts it, or is not known yet.

    It agrees inside of the interval that holds 99.9 % of the shares that chance gives at this many requests.
    """
    candidate, requests = observed_share(samples)
    if requests < ENOUGH:
        return UNKNOWN
    # One request more on either side: round robin in several nodes of a load balancer starts anew in each.
    width = NORMAL_999 * math.sqrt(wanted * (1 - wanted) / requests) + 1 / requests
    return AGREES if abs(candidate / requests - wanted) <= width else CONTRADICTS
