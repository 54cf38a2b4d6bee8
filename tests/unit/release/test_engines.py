"""What each engine refuses, before anything is called."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.release.begin import new_entry
from ansible_collections.slipway.aws.plugins.plugin_utils.release.ecs_deployments import configuration
from ansible_collections.slipway.aws.plugins.plugin_utils.release.engines import ENGINES, engine_problems, steps_of
from ansible_collections.slipway.aws.plugins.plugin_utils.release.spec import Colour, Spec
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from tests.unit.release.specs import a_spec


def problems(engine: str, **given: Any) -> str:
    return "; ".join(engine_problems("web", {"service_engine": engine, **given}))


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_takes_its_own_strategies_with_their_own_steps(engine: str) -> None:
    for strategy in ENGINES[engine].strategies:
        steps = steps_of(engine, strategy, [])
        assert steps[-1] == 100
        assert not problems(engine, release_strategy=strategy, release_steps=steps)


#: Engine, variables, and the parts of the message: variable, value, what is allowed.
WRONG: list[tuple[str, dict[str, Any], list[str]]] = [
    (
        "rolling",
        {"release_strategy": "canary"},
        ["web: release_strategy is canary", "service_engine rolling", "rolling"],
    ),
    ("weighted", {"release_strategy": "rolling"}, ["release_strategy is rolling", "canary, linear, blue_green"]),
    ("codedeploy", {"release_strategy": "rolling"}, ["release_strategy is rolling", "blue_green, canary, linear"]),
    ("ecs", {"release_strategy": "canary", "release_steps": [10, 50, 100]}, ["release_steps is [10, 50, 100]", "two"]),
    ("ecs", {"release_strategy": "linear", "release_steps": [10, 50, 100]}, ["equal steps of at least 3"]),
    ("ecs", {"release_strategy": "linear", "release_steps": [2 * n for n in range(1, 51)]}, ["at least 3"]),
    ("ecs", {"release_steps": [50, 100]}, ["blue_green has one step there, [100]"]),
    ("codedeploy", {"release_strategy": "canary", "release_steps": [5, 100]}, ["[5, 100]", "the steps [10, 100]"]),
    ("codedeploy", {"release_strategy": "linear", "release_bake_minutes": 5}, ["release_bake_minutes is 5", "1 or 3"]),
    ("codedeploy", {"release_strategy": "canary", "release_bake_minutes": 6}, ["release_bake_minutes is 6", "5 or 15"]),
    ("ecs", {"release_bake_minutes": 0.5}, ["release_bake_minutes is 0.5", "whole minutes"]),
    ("codedeploy", {"release_gates": ["10"]}, ["release_gates is ['10']", "service_engine codedeploy"]),
    ("ecs", {"release_hold_back": 5}, ["release_hold_back is 5", "service_engine ecs", "allowed is 0"]),
]


@pytest.mark.parametrize(("engine", "given", "parts"), WRONG)
def test_what_an_engine_cannot_do_is_refused_by_name(engine: str, given: dict[str, Any], parts: list[str]) -> None:
    told = problems(engine, **given)
    assert all(part in told for part in parts), told


RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("weighted", {"release_strategy": "canary", "release_steps": [1, 2, 77, 100], "release_bake_minutes": 0.5}),
    ("weighted", {"release_hold_back": 5}),
    ("ecs", {"release_strategy": "linear", "release_steps": [40, 80, 100], "release_hold_back": 0}),
    ("ecs", {"release_strategy": "canary", "release_steps": [0.1, 100], "release_bake_minutes": 7}),
    ("codedeploy", {"release_strategy": "canary", "release_bake_minutes": 15}),
    ("codedeploy", {"release_strategy": "blue_green", "release_bake_minutes": 7}),
    ("rolling", {}),
    ("no engine at all", {"release_strategy": "canary"}),
]


@pytest.mark.parametrize(("engine", "given"), RIGHT)
def test_what_an_engine_can_do_passes(engine: str, given: dict[str, Any]) -> None:
    assert not problems(engine, **given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"steps": [10, 150]}, "web: release_steps: step 2 is 150"),
        ({"steps": [50, 10, 100]}, "web: release_steps: step 2 is 10 %"),
        ({"hold_back": 120}, "web: release_hold_back is 120"),
        ({"bake_minutes": -3}, "web: release_bake_minutes is -3.0; allowed are 0 and more"),
    ],
)
def test_numbers_that_are_none_are_refused_before_anything_is_called(given: dict[str, Any], told: str) -> None:
    nobody: Any = None
    with pytest.raises(ConvergeError, match=told):
        new_entry(nobody, a_spec(**given), nobody)


def spec(strategy: str, steps: list[float]) -> Spec:
    side = Colour("blue", "slipway-dev-web", "blue-arn", "blue-metric")
    return Spec(
        service="web", engine="ecs", strategy=strategy, cluster="c", url="https://web", rule="rule", test_rule="test",
        test_port=8443, load_balancer="lb", blue=side, green=side, revision="web:2", image_tag="2", digest="sha256:2",
        container="web", steps=steps, hold_back=0, bake_minutes=5, extend_minutes=10, unclear="rollback",
        latency_objective=0.5, actor="me", alarms=["rings"],
    )  # fmt: skip


def test_ecs_is_told_steps_bakes_alarms_and_to_wait_for_our_word() -> None:
    told = configuration(spec("canary", [20, 100]), at_once=False)
    assert told["strategy"] == "CANARY"
    assert told["canaryConfiguration"] == {"canaryPercent": 20, "canaryBakeTimeInMinutes": 5}
    assert told["bakeTimeInMinutes"] == 5
    assert told["alarms"] == {"alarmNames": ["rings"], "enable": True, "rollback": True}
    (hook,) = told["lifecycleHooks"]
    assert hook["targetType"] == "PAUSE"
    assert hook["lifecycleStages"] == ["POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT"]
    assert hook["timeoutConfiguration"] == {"timeoutInMinutes": 30, "action": "ROLLBACK"}


def test_the_way_back_waits_for_nothing() -> None:
    told = configuration(spec("linear", [25, 50, 75, 100]), at_once=True)
    assert told == {
        "strategy": "BLUE_GREEN",
        "alarms": {"alarmNames": [], "enable": False, "rollback": False},
        "bakeTimeInMinutes": 0,
        "lifecycleHooks": [],
    }
    assert configuration(spec("rolling", [100]), at_once=True)["strategy"] == "ROLLING"
