"""Traffic shares as the weights of a load balancer's two target groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .numbers import CanaryError, number

FILTER = "canary_weights"
#: Weights of two sides in traffic add up to this; one a thousand is the finest share there is.
SCALE = 1000
#: The greatest weight of one target group, and what a side has that takes everything.
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupTuple.html
GREATEST = 999


def canary_weights(steps: Sequence[float], hold_back: float = 5) -> list[dict[str, Any]]:
    """Return the weights of each step.

    Args:
        steps: shares of the candidate in percent, increasing.
        hold_back: percent that stays on stable in the step of 100, so that there is something to compare with.

    Returns:
        for each step its number from 1, the share in percent the candidate gets, and the weights of both sides.

    Raises:
        CanaryError: there are no steps, they do not increase, or one is no share.
    """
    held = number(f"{FILTER}: hold_back", hold_back, 0, 50)
    if isinstance(steps, str) or not isinstance(steps, Sequence) or not steps:
        raise CanaryError(f"{FILTER}: steps is {steps!r}; a list of percents is allowed, such as [10, 50, 100]")
    weights = [_weight(number(f"{FILTER}: step {place + 1}", step, 0.1, 100), held) for place, step in enumerate(steps)]
    for place in range(1, len(weights)):
        if weights[place] <= weights[place - 1]:
            raise CanaryError(
                f"{FILTER}: step {place + 1} is {steps[place]:g} % ({weights[place]} of {SCALE}) after"
                f" {steps[place - 1]:g} % ({weights[place - 1]}); each step has to be greater than the one before"
            )
    return [_entry(place, weight) for place, weight in enumerate(weights, 1)]


def _weight(step: float, hold_back: float) -> int:
    """Return the candidate's weight of a step."""
    most = 100 - hold_back
    if most < step < 100:  # noqa: PLR2004  percent
        raise CanaryError(
            f"{FILTER}: step {step:g} leaves stable less than hold_back, {hold_back:g} %; allowed are {most:g} or 100"
        )
    weight = round(min(step, most) * SCALE / 100)
    if weight == SCALE and step < 100:  # noqa: PLR2004  percent
        raise CanaryError(f"{FILTER}: step {step:g} is too near to 100; the finest share is 0.1 %")
    return weight


def _entry(place: int, weight: int) -> dict[str, Any]:
    if weight == SCALE:
        return {"step": place, "share": 100.0, "candidate": GREATEST, "stable": 0}
    return {"step": place, "share": weight * 100 / SCALE, "candidate": weight, "stable": SCALE - weight}
