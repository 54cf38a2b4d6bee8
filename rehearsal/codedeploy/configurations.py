"""Deployment configurations for ECS: those that CodeDeploy brings, and custom ones.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
"""

from __future__ import annotations

from typing import Any

from rehearsal.deployments.steps import WHOLE, Step, canary_steps, linear_steps
from rehearsal.world import World

DEFAULT = "CodeDeployDefault.ECSAllAtOnce"


def _canary(percent: int, minutes: int) -> dict[str, Any]:
    return {
        "type": "TimeBasedCanary",
        "timeBasedCanary": {"canaryPercentage": percent, "canaryInterval": minutes},
    }


def _linear(percent: int, minutes: int) -> dict[str, Any]:
    return {
        "type": "TimeBasedLinear",
        "timeBasedLinear": {"linearPercentage": percent, "linearInterval": minutes},
    }


PREDEFINED: dict[str, dict[str, Any]] = {
    DEFAULT: {"type": "AllAtOnce"},
    "CodeDeployDefault.ECSCanary10Percent5Minutes": _canary(10, 5),
    "CodeDeployDefault.ECSCanary10Percent15Minutes": _canary(10, 15),
    "CodeDeployDefault.ECSLinear10PercentEvery1Minutes": _linear(10, 1),
    "CodeDeployDefault.ECSLinear10PercentEvery3Minutes": _linear(10, 3),
}


def custom(world: World, region: str) -> dict[str, dict[str, Any]]:
    """Return the descriptions of a region's own configurations by name."""
    found: dict[str, dict[str, Any]] = world.kept("codedeploy.configurations").setdefault(region, {})
    return found


def routing(world: World, region: str, name: str) -> dict[str, Any] | None:
    """Return how a configuration routes traffic; ``None`` when there is none of that name."""
    own = custom(world, region).get(name, {}).get("trafficRoutingConfig")
    return PREDEFINED.get(name) or own


def steps(how: dict[str, Any]) -> list[Step]:
    """Return the steps of a traffic routing configuration."""
    if how["type"] == "TimeBasedCanary":
        canary = how["timeBasedCanary"]
        return canary_steps(canary["canaryPercentage"], canary["canaryInterval"])
    if how["type"] == "TimeBasedLinear":
        linear = how["timeBasedLinear"]
        return linear_steps(linear["linearPercentage"], linear["linearInterval"])
    return [Step(WHOLE)]
