"""PipeCD's automated deployment analysis against the primary: a Mann-Whitney test at each interval, uncorrected.

Rule: each interval (5 minutes) the points of that interval are compared; one-sided p at most 0.05 is a failure, and
more than ``failureLimit`` failures, 0 unless set, end the stage. Points that are all equal count as no difference here.
https://pipecd.dev/docs/user-guide/managing-application/customizing-deployment/automated-deployment-analysis/,
metrics_analyzer.go in pipe-cd/pipecd
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from math import comb, sqrt
from statistics import NormalDist

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.samples import Sample

from .common import differences, share

ALPHA, FAILURE_LIMIT, POINTS = 0.05, 0, 5


class PipeCD:
    """An analysis stage."""

    def __init__(self, history: Sequence[Sample], kind: str) -> None:  # noqa: ARG002  all judges are made alike
        self._kind = kind
        self._samples = list[Sample]()
        self._failures = 0

    def rolls_back(self, sample: Sample) -> bool:
        """Say whether this is the end of an interval that deviates."""
        self._samples.append(sample)
        if len(self._samples) == POINTS:
            candidate = [value for each in self._samples if (value := share(each.candidate, self._kind)) is not None]
            stable = [value for each in self._samples if (value := share(each.stable, self._kind)) is not None]
            self._failures += not candidate or not stable or _probability(candidate, stable) <= ALPHA
            self._samples = []
        return self._failures > FAILURE_LIMIT


def _probability(candidate: Sequence[float], stable: Sequence[float]) -> float:
    """Return the one-sided p of values as great as the candidate's: exact without ties, else by the normal curve."""
    shifts = differences(candidate, stable)
    statistic = sum((shift > 0) + (shift == 0) / 2 for shift in shifts)
    ties = Counter([*candidate, *stable]).values()
    if max(ties) == 1:
        return _exact(len(candidate), len(stable), round(statistic))
    total = len(candidate) + len(stable)
    spread = total + 1 - sum(tie**3 - tie for tie in ties) / (total * (total - 1))
    if spread <= 0:
        return 1.0
    return NormalDist().cdf(-(statistic - len(shifts) / 2 - 0.5) / sqrt(len(shifts) * spread / 12))


@cache
def _arrangements(one: int, other: int, statistic: int) -> int:
    """Return how many orders of two samples have a rank statistic."""
    if statistic < 0:
        return 0
    if not one or not other:
        return statistic == 0
    return _arrangements(one - 1, other, statistic - other) + _arrangements(one, other - 1, statistic)


def _exact(one: int, other: int, statistic: int) -> float:
    above = sum(_arrangements(one, other, value) for value in range(statistic, one * other + 1))
    return above / comb(one + other, one)
