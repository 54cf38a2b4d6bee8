"""Kayenta's NetflixACAJudge: a Mann-Whitney test of one-minute points, one judgement at the end of each step.

Rule: the metric is High when the lower end of the 98 % interval of the shift is above a quarter of the absolute
Hodges-Lehmann estimate; a critical metric that is High makes the score 0, which ends the canary. All points since the
beginning are judged.
https://spinnaker.io/docs/guides/user/canary/judge/, MannWhitneyClassifier.scala and MannWhitney.scala in spinnaker/kayenta
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from statistics import NormalDist, median

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.samples import Sample

from .common import differences, share

CONFIDENCE, TOLERANCE = 0.98, 0.25
#: Points between judgements: a step of five minutes.
POINTS = 5


class Kayenta:
    """A judge with the points so far."""

    def __init__(self, history: Sequence[Sample], kind: str) -> None:  # noqa: ARG002  all judges are made alike
        self._kind = kind
        self._candidate, self._stable = list[float](), list[float]()
        self._seen = 0

    def rolls_back(self, sample: Sample) -> bool:
        """Say whether this is the end of a step with a metric that is High."""
        for points, side in ((self._candidate, sample.candidate), (self._stable, sample.stable)):
            value = share(side, self._kind)
            if value is not None:
                points.append(value)
        self._seen += 1
        return self._seen % POINTS == 0 and bool(self._candidate and self._stable) and self._high()

    def _high(self) -> bool:
        shifts, sizes = differences(self._candidate, self._stable), (len(self._candidate), len(self._stable))
        deviation = sqrt(len(shifts) * (sum(sizes) + 1) / 12)
        needed = len(shifts) / 2 + NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * deviation + 0.5
        lower = shifts[max(0, len(shifts) - ceil(needed))]
        return lower > TOLERANCE * abs(median(shifts))
