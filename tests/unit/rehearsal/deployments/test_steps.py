"""Steps of traffic, and the weights of a listener rule that make them."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.codedeploy.configurations import PREDEFINED, steps
from rehearsal.deployments.steps import Step, linear_steps, of_strategy
from rehearsal.deployments.traffic import weights
from rehearsal.tasks.scheduler import threshold


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, (100, 0)), (10, (90, 10)), (0.1, (999, 1)), (12.5, (875, 125)), (100, (0, 100))]
)
def test_weights_make_the_share_and_stay_within_what_a_rule_takes(percent: float, expected: tuple[int, int]) -> None:
    assert weights(percent) == expected


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ({"strategy": "BLUE_GREEN"}, [Step(100)]),
        ({"strategy": "CANARY"}, [Step(5.0, 600), Step(100)]),
        ({"strategy": "LINEAR"}, [*(Step(10.0 * number, 360) for number in range(1, 10)), Step(100)]),
        (
            {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 33.4, "stepBakeTimeInMinutes": 0}},
            [Step(33.4), Step(66.8), Step(100)],
        ),
    ],
)
def test_the_steps_of_a_strategy(configuration: dict[str, str], expected: list[Step]) -> None:
    assert of_strategy(configuration) == expected


@pytest.mark.parametrize(
    ("desired", "configured", "expected"),
    [
        (1, {}, 3),
        (10, {}, 5),
        (1000, {}, 200),
        (10, {"type": "COUNT", "value": 1}, 1),
        (2, {"type": "UNBOUNDED_PERCENT", "value": 50}, 1),
        (2, {"type": "BOUNDED_PERCENT", "value": 100}, 3),
    ],
)
def test_the_threshold_of_the_circuit_breaker(desired: int, configured: dict[str, Any], expected: int) -> None:
    breaker = {"thresholdConfiguration": configured} if configured else {}
    assert threshold(desired, breaker) == expected


def test_the_steps_that_codedeploy_brings() -> None:
    assert steps(PREDEFINED["CodeDeployDefault.ECSAllAtOnce"]) == [Step(100)]
    assert steps(PREDEFINED["CodeDeployDefault.ECSCanary10Percent15Minutes"]) == [Step(10, 900), Step(100)]
    assert steps(PREDEFINED["CodeDeployDefault.ECSLinear10PercentEvery3Minutes"]) == linear_steps(10, 3)
