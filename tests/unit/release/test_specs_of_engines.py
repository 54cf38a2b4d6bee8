"""What a role declares becomes a release: the engine's own strategy and steps where nothing is said."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.release.spec import spec
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

SIDE = {"ecs_service": "slipway-dev-web", "target_group": "arn", "metric": "metric"}
DECLARED: dict[str, Any] = {
    "service": "web", "engine": "weighted", "strategy": "", "cluster": "c", "url": "https://web", "rule": "rule",
    "test_rule": "test", "test_port": "8443", "load_balancer": "lb", "blue": SIDE, "green": SIDE, "revision": "web:2",
    "image_tag": "2", "digest": "sha256:2", "container": "web", "steps": [], "hold_back": 5, "bake_minutes": 5,
    "extend_minutes": 10, "unclear": "rollback", "latency_objective": 0.5, "actor": "me",
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "strategy", "steps", "hold_back", "bake"),
    [
        ({}, "canary", [10, 50, 100], 5, 5),
        ({"steps": [1, 100]}, "canary", [1, 100], 5, 5),
        ({"strategy": "linear"}, "linear", [20, 40, 60, 80, 100], 5, 5),
        ({"strategy": "blue_green"}, "blue_green", [100], 5, 5),
        ({"strategy": "all_at_once"}, "all_at_once", [100], 5, 0),
        ({"engine": "ecs"}, "blue_green", [100], 0, 5),
        ({"engine": "ecs", "strategy": "canary"}, "canary", [10, 100], 0, 5),
        ({"engine": "codedeploy", "strategy": "linear", "bake_minutes": 3}, "linear", [*range(10, 101, 10)], 0, 3),
        ({"engine": "rolling", "test_port": ""}, "rolling", [100], 0, 5),
    ],
)
def test_what_is_not_said_is_the_engines(
    given: dict[str, Any], strategy: str, steps: list[float], hold_back: float, bake: float
) -> None:
    made = spec(DECLARED | given)
    assert (made.strategy, made.steps, made.hold_back, made.bake_minutes) == (strategy, steps, hold_back, bake)
    assert made.single == (made.engine != "weighted")


def test_what_an_engine_cannot_do_is_refused_whoever_asks() -> None:
    with pytest.raises(ConvergeError, match="web: release_strategy is canary; with service_engine rolling"):
        spec(DECLARED | {"engine": "rolling", "strategy": "canary"})
