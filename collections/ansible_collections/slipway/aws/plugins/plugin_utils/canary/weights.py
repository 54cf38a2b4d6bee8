"""Traffic shares as the weights of a load balancer's two target groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .numbers import CanaryError, number

#: Percent that stay with stable in the step of 100 where nothing is said.
HOLD_BACK = 5.0
#: Weights of two sides in traffic add up to this; one a thousand is the finest share there is.
SCALE = 1000
#: The greatest weight of one target group, and what a side has that takes everything.
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupTuple.html
GREATEST = 999


@dataclass(frozen=True)
class Called:
    """What messages call steps and the share that is held back, for who gave them."""

    steps: str
    step: str
    hold_back: str
    held: str


FILTER = Called("canary_weights: steps", "canary_weights: step", "canary_weights: hold_back", "hold_back")
VARIABLES = Called("release_steps", "release_steps: step", "release_hold_back", "release_hold_back")


def canary_weights(steps: Sequence[float], hold_back: float = HOLD_BACK) -> list[dict[str, Any]]:
    """Return the weights of each step.

    Args:
        steps: shares of the candidate in percent, increasing.
        hold_back: percent that stays on stable in the step of 100, so that there is something to compare with.

    Returns:
        for each step its number from 1, the share in percent the candidate gets, and the weights of both sides.

    Raises:
        CanaryError: there are no steps, they do not increase, or one is no share.
    """
    return [_entry(place, weight) for place, weight in enumerate(candidate_weights(steps, hold_back, FILTER), 1)]


def candidate_weights(steps: Sequence[float], hold_back: float, called: Called = VARIABLES) -> list[int]:
    """Return the candidate's weight of each step.

    Raises:
        CanaryError: there are no steps, they do not increase, or one is no share.
    """
    held = number(called.hold_back, hold_back, 0, 50)
    if isinstance(steps, str) or not isinstance(steps, Sequence) or not steps:
        raise CanaryError(f"{called.steps} is {steps!r}; a list of percents is allowed, such as [10, 50, 100]")
    shares = [number(f"{called.step} {place}", step, 0.1, 100) for place, step in enumerate(steps, 1)]
    weights = [_weight(share, held, called) for share in shares]
    for place in range(1, len(weights)):
        if weights[place] <= weights[place - 1]:
            raise CanaryError(
                f"{called.step} {place + 1} is {steps[place]:g} % ({weights[place]} of {SCALE}) after"
                f" {steps[place - 1]:g} % ({weights[place - 1]}); each step has to be greater than the one before"
            )
    return weights


def _weight(step: float, hold_back: float, called: Called) -> int:
    """Return the candidate's weight of a step."""
    most = 100 - hold_back
    if most < step < 100:  # noqa: PLR2004  percent
        raise CanaryError(
            f"{called.step} {step:g} leaves stable less than {called.held}, {hold_back:g} %; allowed are {most:g} or"
            " 100"
        )
    weight = round(min(step, most) * SCALE / 100)
    if weight == SCALE and step < 100:  # noqa: PLR2004  percent
        raise CanaryError(f"{called.step} {step:g} is too near to 100; the finest share is 0.1 %")
    return weight


def _entry(place: int, weight: int) -> dict[str, Any]:
    if weight == SCALE:
        return {"step": place, "share": 100.0, "candidate": GREATEST, "stable": 0}
    return {"step": place, "share": weight * 100 / SCALE, "candidate": weight, "stable": SCALE - weight}
