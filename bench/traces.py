"""Simulated releases: what both versions answer, minute by minute."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

Sample = dict[str, Any]
#: Weights of the candidate at the steps of an ordinary release, and minutes at each.
SHARES, MINUTES = (0.1, 0.5, 0.95), 5
SLOW = 0.01


@dataclass(frozen=True)
class Scenario:
    """What happens in a release.

    Attributes:
        name: what it shows.
        per_second: requests of the whole service.
        rate: share of failed requests of the stable version.
        candidate_rate: that of the candidate.
        burst: failed requests that come together on average, geometrically distributed.
        incident: factor on both rates in a third of the minutes.
        growth: factor on the requests from the middle on.
    """

    name: str
    per_second: float
    rate: float
    candidate_rate: float
    burst: float = 1.0
    incident: float = 1.0
    growth: float = 1.0


def release(scenario: Scenario, chance: random.Random, minutes: int = MINUTES) -> list[Sample]:
    """Return the samples of a whole release."""
    whole = minutes * len(SHARES)
    return [_sample(scenario, chance, minute, SHARES[minute // minutes], whole) for minute in range(whole)]


def one_step(scenario: Scenario, chance: random.Random, minutes: int, share: float = 0.1) -> list[Sample]:
    """Return the samples of a single long step."""
    return [_sample(scenario, chance, minute, share, minutes) for minute in range(minutes)]


def _sample(scenario: Scenario, chance: random.Random, minute: int, share: float, whole: int) -> Sample:
    requests = scenario.per_second * 60 * (scenario.growth if minute >= whole / 2 else 1)
    factor = scenario.incident if whole / 3 <= minute < 2 * whole / 3 else 1
    candidate = binomial(chance, round(requests), share)
    rates = {"candidate": scenario.candidate_rate, "stable": scenario.rate}
    sides = {"candidate": candidate, "stable": round(requests) - candidate}
    return {"minute": minute} | {
        side: {
            "requests": number,
            "errors": _failed(chance, number, min(1.0, rates[side] * factor), scenario.burst),
            "slow": binomial(chance, number, SLOW),
        }
        for side, number in sides.items()
    }


def _failed(chance: random.Random, requests: int, rate: float, burst: float) -> int:
    if burst == 1:
        return binomial(chance, requests, rate)
    bursts = binomial(chance, requests, rate / burst)
    return min(requests, sum(_geometric(chance, burst) for _ in range(bursts)))


def _geometric(chance: random.Random, mean: float) -> int:
    number = 1
    while chance.random() > 1 / mean:
        number += 1
    return number


def binomial(chance: random.Random, number: int, share: float) -> int:
    """Return how many of ``number`` fall to a chance of ``share``."""
    return chance.binomialvariate(number, share)
