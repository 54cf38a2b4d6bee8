"""Kayenta's NetflixACAJudge: a Mann-Whitney test of one-minute points, one judgement at the end of each step.

Rule: the metric is High when the lower end of the 98 % interval of the shift is above a quarter of the absolute
Hodges-Lehmann estimate; a critical metric that is High makes the score 0, which ends the canary. All points since the
beginning are judged.
https://spinnaker.io/docs/guides/user/canary/judge/,
MannWhitneyClassifier.scala and MannWhitney.scala in spinnaker/kayenta
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from statistics import NormalDist

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
        self._shifts = list[float]()
        self._seen = 0

    def rolls_back(self, sample: Sample) -> bool:
        """Say whether this is the end of a step with a metric that is High."""
        stable, candidate = share(sample.stable, self._kind), share(sample.candidate, self._kind)
        if stable is not None:
            self._shifts += differences(self._candidate, [stable])
            self._stable.append(stable)
        if candidate is not None:
            self._shifts += differences([candidate], self._stable)
            self._candidate.append(candidate)
        self._seen += 1
        return self._seen % POINTS == 0 and bool(self._shifts) and self._high()

    def _high(self) -> bool:
        shifts, points = self._shifts, len(self._candidate) + len(self._stable)
        shifts.sort()
        deviation = sqrt(len(shifts) * (points + 1) / 12)
        needed = len(shifts) / 2 + NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * deviation + 0.5
        lower = shifts[max(0, len(shifts) - ceil(needed))]
        return lower > TOLERANCE * abs(shifts[len(shifts) // 2])
