"""Whether the requests go where the weights say."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

#: Probability that chance alone ever contradicts the weights, however often one looks.
CHANCE = 0.001
#: Requests under which a share says nothing.
ENOUGH = 30
#: Part of the smaller side's share by which the observed one must be off: with many requests the rest is no fault.
MATERIAL = 0.05
NOT_OBSERVED = "not observed"
AGREES, CONTRADICTS, UNKNOWN = "agrees", "contradicts", "unknown"


def observed_share(samples: Iterable[dict[str, Any]]) -> tuple[int, int]:
    """Return the candidate's requests and those of both sides."""
    both = [one for one in samples if one["candidate"] and one["stable"]]
    candidate = sum(one["candidate"]["requests"] for one in both)
    return candidate, candidate + sum(one["stable"]["requests"] for one in both)


def told_share(looks: Iterable[Mapping[str, Any]]) -> str:
    """Return in words what the last look that could tell says of the share; without a bake there is none."""
    seen = [look["share"] for look in looks if look["share"] in {AGREES, CONTRADICTS}]
    return f"{seen[-1]} with what was wanted" if seen else NOT_OBSERVED


def judge_share(samples: Iterable[dict[str, Any]], wanted: float) -> str:
    """Say whether the observed share agrees with the one wanted (0 to 1), contradicts it, or is not known yet.

    A fixed interval of 99.9 % would be left by chance more often than once in 1000 steps, as each step is looked at
    many times. This one holds for all looks together.
    """
    candidate, requests = observed_share(samples)
    if requests < ENOUGH:
        return UNKNOWN
    # One request of slack on either side: round robin in several nodes of a load balancer starts anew in each.
    expected = requests * wanted
    candidate = round(min(max(expected, candidate - 1), candidate + 1))
    if abs(candidate - expected) <= MATERIAL * min(wanted, 1 - wanted) * requests:
        return AGREES
    return CONTRADICTS if evidence(candidate, requests, wanted) >= -math.log(CHANCE) else AGREES


def evidence(candidate: int, requests: int, share: float) -> float:
    """Return the logarithm of the evidence that the candidate gets another share of the requests than this one.

    It is the ratio of how likely the requests are under any other share, weighed as Krichevsky and Trofimov do
    (https://doi.org/10.1109/TIT.1981.1056331), to how likely they are under this one. By Ville's inequality chance
    alone lifts it above 1 / p at any time with probability p at most.
    """
    stable = requests - candidate
    if (candidate and share <= 0) or (stable and share >= 1):
        return math.inf
    expected = (candidate * math.log(share) if candidate else 0.0) + (stable * math.log1p(-share) if stable else 0.0)
    ways = math.lgamma(candidate + 0.5) + math.lgamma(stable + 0.5) - math.lgamma(requests + 1)
    return ways - math.log(math.pi) - expected
