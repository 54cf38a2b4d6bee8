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

#: Rate ratio that bad releases are likeliest to have, and how far they scatter, as the logarithm's standard deviation.
#: The mean gives each alternative this weight; any other is as valid, and finds other candidates sooner.
LIKELIEST, SCATTER = 4.0, 0.7
#: Above, evidence is no longer told apart; the exponential of 709 is the greatest a float holds.
GREATEST_LOG = 50.0
#: Dividing by the burst ratio is right on average; that bursts differ in length widens the tail by more.
UNEVEN = 1.25


class Mixture:
    """A weighted mean of likelihood ratios.

    Args:
        ratios: rate ratios of the alternatives, above 1.
    """

    def __init__(self, ratios: Sequence[float]) -> None:
        weights = [exp(-((log(ratio / LIKELIEST) / SCATTER) ** 2) / 2) for ratio in ratios]
        self._alternatives = [
            (log(ratio), ratio - 1, weight / sum(weights)) for ratio, weight in zip(ratios, weights, strict=True)
        ]

    def logs(self, candidate: int, total: int, share: float) -> list[float]:
        """Return the logarithm of each likelihood ratio, of errors on the candidate among all.

        Args:
            candidate: errors of the candidate.
            total: errors of both.
            share: of the requests that were the candidate's.
        """
        return [candidate * logarithm - total * log(1 + share * excess) for logarithm, excess, _ in self._alternatives]

    def mean(self, logs: Sequence[float]) -> float:
        """Return the mean of likelihood ratios, given their logarithms."""
        pairs = zip(logs, self._alternatives, strict=True)
        return sum(weight * exp(min(each, GREATEST_LOG)) for each, (_, _, weight) in pairs)


class Evidence:
    """Evidence from one kind of count, e.g. errors.

    Args:
        ratios: rate ratios of the alternatives, above 1.
        bursts: what measures how far counts come in bursts.
    """

    def __init__(self, ratios: Sequence[float], bursts: Bursts) -> None:
        self.bursts = bursts
        self._mixture = Mixture(ratios)
        self._logs = [0.0] * len(ratios)

    def add(self, requests: tuple[int, int], counts: tuple[int, int]) -> None:
        """Take in a sample: requests and counts of stable and of candidate.

        Counts are divided by the burst ratio that was known before this sample: what a sample says must not decide on
        its own weight, or looking again and again would pay.
        """
        total = sum(counts)
        if min(requests) and total:
            share = requests[1] / sum(requests)
            dispersion = self._dispersion(share)
            gains = self._mixture.logs(counts[1], total, share)
            self._logs = [old + gain / dispersion for old, gain in zip(self._logs, gains, strict=True)]
        self.bursts.add(requests, counts)

    def _dispersion(self, share: float) -> float:
        """Return how much wider than binomial the split is.

        Where each version wavers on its own, a candidate with most of the requests adds more than stable shows.
        """
        return 1 + (self.bursts.ratio - 1) * max(UNEVEN, 2 * share)

    @property
    def value(self) -> float:
        """The evidence; 1 says nothing, less speaks for the candidate."""
        return self._mixture.mean(self._logs)
