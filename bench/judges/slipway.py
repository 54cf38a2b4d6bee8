"""Slipway's own verdict, as the release engine calls it, with the default policy."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.judge import Judge
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.policy import Policy
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.samples import Sample


class Slipway:
    """A verdict look after look; it judges errors and slowness at once, whatever kind is asked for."""

    def __init__(self, history: Sequence[Sample], kind: str) -> None:  # noqa: ARG002  all judges are made alike
        self._judge = Judge(Policy())
        for sample in history:
            self._judge.add(sample)

    def rolls_back(self, sample: Sample) -> bool:
        """Say whether the candidate is condemned by now."""
        self._judge.add(sample)
        return self._judge.condemned
