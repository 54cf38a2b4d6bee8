"""Traffic of a release, minute by minute, as a load balancer would have counted it. Seeded, standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from random import Random
from typing import NamedTuple

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.samples import Sample, Side

#: Shares of the candidate in the steps of a release; the last leaves 5 % on stable to compare with.
STEPS = (0.10, 0.50, 0.95)
#: Above this mean a count is drawn from the normal curve.
MANY = 30


@dataclass(frozen=True)
class Traffic:
    """What happens during a release.

    Attributes:
        rate: requests a second of both versions.
        errors: share that fails on stable; worse: how many times as many fail on the candidate.
        slow: share of requests above the latency objective, on both; burst: mean number of errors in a burst.
        minutes: of each step; sample: minutes of a sample; history: samples of stable before the release.
        incident: share that fails on both during a minute and a half in each step; doubling: whether traffic
            doubles in the middle of the release.
        wavering: standard deviation of the logarithm of the slow share, which follows an autoregression (0.7 a minute);
            together: whether both versions waver as one.
    """

    rate: float
    errors: float = 0.005
    worse: float = 1.0
    slow: float = 0.01
    burst: float = 1.0
    minutes: int = 5
    sample: float = 1.0
    history: int = 60
    incident: float = 0.0
    doubling: bool = False
    wavering: float = 0.0
    together: bool = True


class Trace(NamedTuple):
    """Samples of one release: before it and of it."""

    history: list[Sample]
    release: list[Sample]


class Generator:
    """Draws releases.

    Args:
        traffic: what happens in them; seed: of the random numbers.
    """

    def __init__(self, traffic: Traffic, seed: str) -> None:
        self.traffic = traffic
        self._random = Random(seed)  # noqa: S311  a simulation
        self._moods = (0.0, 0.0)

    def trace(self) -> Trace:
        """Return the samples of one release."""
        traffic = self.traffic
        of_a_step = round(traffic.minutes / traffic.sample)
        history = [self._sample(-index * traffic.sample, 0.0) for index in range(traffic.history, 0, -1)]
        shares = [share for share in STEPS for _ in range(of_a_step)]
        return Trace(
            [sample._replace(minute=sample.minute + traffic.history) for sample in history],
            [self._sample(index * traffic.sample, share) for index, share in enumerate(shares)],
        )

    def _sample(self, minute: float, share: float) -> Sample:
        """Return what both versions did in a sample that begins at a minute; before 0 the release has not begun."""
        traffic = self.traffic
        middle = traffic.minutes * len(STEPS) / 2
        requests = traffic.rate * 60 * traffic.sample * (2 if traffic.doubling and minute >= middle else 1)
        failing = traffic.errors
        if traffic.incident and minute >= 0 and minute % traffic.minutes in {2, 3}:
            failing = traffic.incident if minute % traffic.minutes == 2 else (failing + traffic.incident) / 2  # noqa: PLR2004  as above
        slow = self._slow()
        return Sample(
            minute + traffic.history,
            self._side(requests * (1 - share), failing, slow[0]),
            self._side(requests * share, min(1.0, failing * traffic.worse), slow[1]),
        )

    def _slow(self) -> tuple[float, float]:
        """Return the slow share of both versions just now."""
        traffic = self.traffic
        if not traffic.wavering:
            return traffic.slow, traffic.slow
        keep = 0.7**traffic.sample
        own = [keep * mood + sqrt(1 - keep * keep) * self._random.gauss() for mood in self._moods]
        self._moods = (own[0], own[0] if traffic.together else own[1])
        shares = [traffic.slow * exp(traffic.wavering * mood - traffic.wavering**2 / 2) for mood in self._moods]
        return min(1.0, shares[0]), min(1.0, shares[1])

    def _side(self, mean: float, failing: float, slow: float) -> Side:
        requests = self._poisson(mean)
        first = self._random.binomialvariate(requests, failing / self.traffic.burst)
        errors = min(requests, self._bursts(first))
        return Side(requests, errors, self._random.binomialvariate(requests, slow))

    def _poisson(self, mean: float) -> int:
        if mean > MANY:
            return max(0, round(self._random.gauss(mean, sqrt(mean))))
        return self._random.binomialvariate(1000, mean / 1000)

    def _bursts(self, count: int) -> int:
        """Return the errors of so many bursts, whose lengths are geometric: each client retries until it gives up."""
        mean = self.traffic.burst
        if mean == 1 or not count:
            return count
        if count > MANY:
            return max(count, round(self._random.gauss(count * mean, sqrt(count * mean * (mean - 1)))))
        goes_on = log(1 - 1 / mean)
        return sum(1 + int(log(1 - self._random.random()) / goes_on) for _ in range(count))
