"""AppConfig deployment strategies: how fast a configuration reaches everybody, and how long it is watched then."""

from __future__ import annotations

from typing import ClassVar

from ..resource import State
from ._appconfig import AppconfigAdapter


class AppconfigDeploymentStrategy(AppconfigAdapter):
    """A strategy, found by its name. It belongs to no application."""

    create_operation = "CreateDeploymentStrategy"
    kind, listing, id_name = "deployment_strategy", "list_deployment_strategies", "DeploymentStrategyId"
    required = ("Name", "DeploymentDurationInMinutes", "GrowthFactor")
    place = "deploymentstrategy/{Id}"
    inside = False
    immutable = ("ReplicateTo",)
    unsaid: ClassVar[State] = {
        "Description": "",
        "FinalBakeTimeInMinutes": 0,
        "GrowthType": "LINEAR",
        "ReplicateTo": "NONE",
    }


ADAPTER = AppconfigDeploymentStrategy
