"""Steps of traffic: which share of the requests the new tasks get, and for how long before the next step.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WHOLE = 100.0
#: What AWS takes for what a configuration leaves out: per cent, and virtual minutes.
CANARY = {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 10}
LINEAR = {"stepPercent": 10.0, "stepBakeTimeInMinutes": 6}


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        percent: share of the requests for the new tasks.
        seconds: virtual seconds until the next step; none after the last.
    """

    percent: float
    seconds: float = 0.0


def of_strategy(configuration: Mapping[str, Any]) -> list[Step]:
    """Return the steps of an ECS deployment configuration, the last one with all requests."""
    if configuration["strategy"] == "CANARY":
        canary = {**CANARY, **configuration.get("canaryConfiguration", {})}
        return canary_steps(canary["canaryPercent"], canary["canaryBakeTimeInMinutes"])
    if configuration["strategy"] == "LINEAR":
        linear = {**LINEAR, **configuration.get("linearConfiguration", {})}
        return linear_steps(linear["stepPercent"], linear["stepBakeTimeInMinutes"])
    return [Step(WHOLE)]


def canary_steps(percent: float, minutes: float) -> list[Step]:
    """Return a small share, and after some minutes everything."""
    return [Step(percent, 60 * minutes), Step(WHOLE)] if percent < WHOLE else [Step(WHOLE)]


def linear_steps(percent: float, minutes: float) -> list[Step]:
    """Return equal steps with the same time after each but the last."""
    number = math.ceil(WHOLE / percent)
    return [*(Step(round(percent * one, 1), 60 * minutes) for one in range(1, number)), Step(WHOLE)]
