"""What the judges share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.samples import Sample, Side


class Judge(Protocol):
    """Someone who watches a release."""

    def rolls_back(self, sample: Sample) -> bool:
        """Take in a sample; say whether the candidate has to go now."""


def share(side: Side | None, kind: str) -> float | None:
    """Return the share of requests that failed or were slow; ``None`` without requests, as monitoring has it."""
    return float(getattr(side, kind) / side.requests) if side and side.requests else None


def threshold(history: Sequence[Sample], kind: str) -> float:
    """Return the limit that a careful user sets: 1 %, or twice what stable had before, whichever is more."""
    sides = [sample.stable for sample in history if sample.stable]
    requests = sum(side.requests for side in sides)
    return float(max(0.01, 2 * sum(getattr(side, kind) for side in sides) / max(1, requests)))


def differences(candidate: Sequence[float], stable: Sequence[float]) -> list[float]:
    """Return all differences of a value of the candidate and one of stable."""
    return [one - other for one in candidate for other in stable]
