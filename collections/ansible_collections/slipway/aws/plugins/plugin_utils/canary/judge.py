"""One release under observation: takes in sample after sample and keeps what a verdict needs."""

from __future__ import annotations

from math import exp, log

from .bursts import Bursts
from .evidence import Evidence
from .policy import Policy
from .samples import Sample, Side

NOTHING = Side(0, 0, 0)
#: How unlikely a rate above the ceiling must be, had the true one been half of it.
CHANCE = 0.001


class Judge:
    """What is known of both versions up to a sample.

    Args:
        policy: the rules.

    Attributes:
        stable, candidate: counts of the samples in which both had requests; samples: their number.
        missing: minutes since both were last known.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.errors = Evidence(policy.rate_ratios, Bursts(policy.burst_prior))
        self.slow = Evidence(policy.rate_ratios, Bursts(policy.burst_prior))
        self.stable = self.candidate = NOTHING
        self.samples = self.missing = 0
        self.above_ceiling = False
        self._last_known: float | None = None
        self._recent: list[Sample] = []

    def add(self, sample: Sample) -> None:
        """Take in the next sample."""
        stable, candidate = sample.stable, sample.candidate
        if stable and candidate:
            self._compare(stable, candidate)
            self._last_known = sample.minute
        elif self._last_known is None:
            self._last_known = sample.minute - 1
        self.missing = int(sample.minute - self._last_known)
        self._look_at_ceiling(sample)

    def _compare(self, stable: Side, candidate: Side) -> None:
        requests = stable.requests, candidate.requests
        self.errors.add(requests, (stable.errors, candidate.errors))
        self.slow.add(requests, (stable.slow, candidate.slow))
        if min(requests):
            self.samples += 1
            self.stable, self.candidate = _sum(self.stable, stable), _sum(self.candidate, candidate)

    def _look_at_ceiling(self, sample: Sample) -> None:
        """See whether the candidate's last requests fail so often, and stable's do not, that nobody would wait."""
        self.above_ceiling = False
        if not sample.candidate or not sample.candidate.requests:
            return
        self._recent.append(sample)
        stable = candidate = NOTHING
        for place in range(len(self._recent) - 1, -1, -1):
            stable = _sum(stable, self._recent[place].stable or NOTHING)
            candidate = _sum(candidate, self._recent[place].candidate or NOTHING)
            if candidate.requests >= self.policy.ceiling_requests:
                self.above_ceiling = self._above(stable, candidate)
                self._recent = self._recent[place:]
                return

    def _above(self, stable: Side, candidate: Side) -> bool:
        rate, half = candidate.errors / candidate.requests, self.policy.ceiling_rate / 2
        if rate < 2 * half or stable.errors * 2 > rate * stable.requests:
            return False
        # Chernoff's bound of the binomial tail, on counts without bursts.
        distance = rate * log(rate / half) + ((1 - rate) * log((1 - rate) / (1 - half)) if rate < 1 else 0.0)
        return exp(-candidate.requests / self.errors.bursts.ratio * distance) <= CHANCE

    @property
    def evidence_of_errors(self) -> float:
        """Evidence from errors times its part of the budget."""
        return (1 - self.policy.slow_share) * self.errors.value

    @property
    def evidence_of_slowness(self) -> float:
        """Evidence from slow requests times its part of the budget."""
        return self.policy.slow_share * self.slow.value

    @property
    def evidence(self) -> float:
        """All evidence; a mean of two e-processes is one, whatever the two have to do with each other."""
        return self.evidence_of_errors + self.evidence_of_slowness

    @property
    def condemned(self) -> bool:
        """Whether the candidate has to go because of what it does."""
        return self.above_ceiling or self.evidence >= self.policy.limit


def _sum(one: Side, other: Side) -> Side:
    return Side(one.requests + other.requests, one.errors + other.errors, one.slow + other.slow)
