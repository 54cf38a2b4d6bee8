"""Evidence that one version does worse than the other, which may be looked at any number of times.

If both versions are equally good, each error falls on the candidate with the probability of its share of that sample's
requests, whatever the error rate is just then; an incident that hits both cancels out, and so does a change of the
weights. Against that stand alternatives in which a candidate's request fails r times as often. The likelihood ratio of
each is multiplied up sample after sample, and their mean is the evidence. Without a difference its expectation never
exceeds 1, so it ever reaches 1/a with probability a at most (Ville's inequality), at any number of looks: an e-process.
Lindon and Malek, Anytime-Valid Inference for Multinomial Count Data, NeurIPS 2022.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from .bursts import Bursts

#: Above, evidence is no longer told apart; the exponential of 709 is the greatest a float holds.
GREATEST_LOG = 50.0


class Evidence:
    """Evidence from one kind of count, e.g. errors.

    Args:
        ratios: rate ratios of the alternatives, above 1.
        bursts: what measures how far counts come in bursts.
    """

    def __init__(self, ratios: Sequence[float], bursts: Bursts) -> None:
        self.bursts = bursts
        self._ratios = [(ratio - 1, log(ratio)) for ratio in ratios]
        self._logs = [0.0] * len(ratios)

    def add(self, requests: tuple[int, int], counts: tuple[int, int]) -> None:
        """Take in a sample: requests and counts of stable and of candidate.

        Counts are divided by the burst ratio that was known before this sample: what a sample says must not decide on
        its own weight, or looking again and again would pay.
        """
        stable, candidate = counts
        if requests[0] and requests[1] and stable + candidate:
            share = requests[1] / (requests[0] + requests[1])
            weight = 1 / self._dispersion(share)
            total = stable + candidate
            for place, (excess, logarithm) in enumerate(self._ratios):
                gain = candidate * logarithm - total * log(1 + share * excess)
                self._logs[place] += gain * weight
        self.bursts.add(requests[0], stable)

    def _dispersion(self, share: float) -> float:
        """Return how much wider than binomial the split is: where each version wavers on its own, more at large shares."""
        return 1 + (self.bursts.ratio - 1) * max(1.0, 2 * share)

    @property
    def value(self) -> float:
        """The evidence; 1 says nothing, less speaks for the candidate."""
        return sum(exp(min(each, GREATEST_LOG)) for each in self._logs) / len(self._logs)
