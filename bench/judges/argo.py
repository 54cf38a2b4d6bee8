"""Argo Rollouts: a background analysis that fails with more failed measurements than ``failureLimit``.

Rule: each interval (1 minute) ``successCondition`` is evaluated; more than ``failureLimit`` failures, 3 in its
examples, end the run as failed and abort the rollout. A query without a result is an error, and more than
``consecutiveErrorLimit``, 4, of these in a row abort as well.
https://argo-rollouts.readthedocs.io/en/stable/features/analysis/
"""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.samples import Sample

from .common import share, threshold

FAILURE_LIMIT, CONSECUTIVE_ERROR_LIMIT = 3, 4


class Argo:
    """An analysis run."""

    def __init__(self, history: Sequence[Sample], kind: str) -> None:
        self._kind, self._threshold = kind, threshold(history, kind)
        self._failures = self._errors = 0

    def rolls_back(self, sample: Sample) -> bool:
        """Say whether the run has failed."""
        value = share(sample.candidate, self._kind)
        self._errors = self._errors + 1 if value is None else 0
        self._failures += value is not None and value > self._threshold
        return self._failures > FAILURE_LIMIT or self._errors > CONSECUTIVE_ERROR_LIMIT
