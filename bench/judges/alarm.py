"""A plain alarm: one window of one minute above a threshold rolls back.

Rule: an Amazon CloudWatch alarm with 1 datapoint out of 1, which ECS and CodeDeploy roll back on.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
"""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.samples import Sample

from .common import share, threshold


class Alarm:
    """An alarm on the candidate's share of errors; without data it stays silent."""

    def __init__(self, history: Sequence[Sample], kind: str) -> None:
        self._kind, self._threshold = kind, threshold(history, kind)

    def rolls_back(self, sample: Sample) -> bool:
        """Say whether this minute is above the threshold."""
        value = share(sample.candidate, self._kind)
        return value is not None and value > self._threshold
