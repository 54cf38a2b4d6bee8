"""How a deployment grows: by the same share each time, or by twice as much.

https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-creating-deployment-strategy.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WHOLE = 100.0


def _predefined(name: str, minutes: int, factor: float, bake: int, growth: str = "LINEAR") -> dict[str, Any]:
    return {
        "Id": f"AppConfig.{name}",
        "Name": f"AppConfig.{name}",
        "DeploymentDurationInMinutes": minutes,
        "GrowthFactor": factor,
        "GrowthType": growth,
        "FinalBakeTimeInMinutes": bake,
        "ReplicateTo": "NONE",
    }


#: Strategies that AppConfig brings.
PREDEFINED: dict[str, dict[str, Any]] = {
    one["Id"]: one
    for one in (
        _predefined("AllAtOnce", 0, 100, 10),
        _predefined("Linear50PercentEvery30Seconds", 1, 50, 1),
        _predefined("Linear20PercentEvery6Minutes", 30, 20, 30),
        _predefined("Canary10Percent20Minutes", 20, 10, 10, "EXPONENTIAL"),
    )
}


@dataclass(frozen=True)
class Strategy:
    """What a deployment took from its strategy.

    Attributes:
        duration, bake: seconds.
        shares: per cent after each step, the last one 100.
    """

    duration: float
    bake: float
    shares: tuple[float, ...]

    @classmethod
    def of(cls, shown: Mapping[str, Any]) -> Strategy:
        """Return that of a strategy as the API shows it."""
        factor, linear = float(shown["GrowthFactor"]), shown["GrowthType"] == "LINEAR"
        shares = [factor]
        while shares[-1] < WHOLE:
            shares.append(min(WHOLE, shares[-1] + factor if linear else shares[-1] * 2))
        minutes = (shown["DeploymentDurationInMinutes"], shown["FinalBakeTimeInMinutes"])
        return cls(60.0 * minutes[0], 60.0 * minutes[1], tuple(shares))

    def share(self, passed: float) -> float:
        """Return the share so many seconds after the start."""
        if passed >= self.duration:
            return WHOLE
        return self.shares[int(passed / self.duration * len(self.shares))]
