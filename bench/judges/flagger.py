"""Flagger: failed checks are counted over the whole analysis, and never forgotten.

Rule: every interval (1 minute) each metric is compared with its range; a metric without values is a failed check; after
``threshold`` failed checks, 5 in its tutorials, the canary is rolled back. The counter is reset by a new revision only.
https://docs.flagger.app/usage/how-it-works, https://docs.flagger.app/usage/metrics
"""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.samples import Sample

from .common import share, threshold

THRESHOLD = 5


class Flagger:
    """The counter of failed checks."""

    def __init__(self, history: Sequence[Sample], kind: str) -> None:
        self._kind, self._range = kind, threshold(history, kind)
        self._failed = 0

    def rolls_back(self, sample: Sample) -> bool:
        """Say whether this check is one too many."""
        value = share(sample.candidate, self._kind)
        self._failed += value is None or value > self._range
        return self._failed >= THRESHOLD
