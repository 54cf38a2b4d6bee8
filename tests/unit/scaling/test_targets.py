"""Policies from an intent: no load makes them flap, and they say why they are as they are."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.intent import intent
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.steps import changed, fewer, more
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.targets import out_steps, scaling_targets
from bench.scalers import ByCpu, ByRequests, Seen

MOST = 500
#: Rounds in which any number of tasks within the bounds is reached.
ROUNDS = 400


def numbers(wanted: dict[str, Any], metrics: Any, first: int) -> list[int]:
    """Return the numbers of tasks, one after the other, at a load that stays; every alarm acts on settled metrics."""
    tasks, scaling, steps = [first], scaling_targets(wanted), out_steps(intent(wanted))
    for _ in range(ROUNDS):
        each = metrics(tasks[-1])
        load = max(100 * each[name] / limit for name, limit in scaling["limits"].items())
        left = tasks[-1] / (tasks[-1] - 1) if tasks[-1] > 1 else float("inf")
        spare = max(100 * each[name] * left / limit for name, limit in scaling["spare"].items())
        if scaling["cpu_in"]:
            spare = max(spare, 100 * each["cpu"] / scaling["cpu_in"])
        bounds = (scaling["minimum"], scaling["maximum"])
        tasks.append(more(tasks[-1], load, *bounds, steps) if load >= 100 else fewer(tasks[-1], spare, *bounds))
        if tasks[-1] == tasks[-2]:
            return tasks
    raise AssertionError(f"still changing: {tasks[-6:]}")


def one_way(tasks: list[int]) -> bool:
    pairs = list(itertools.pairwise(tasks))
    return all(a <= b for a, b in pairs) or all(a >= b for a, b in pairs)


bounds = st.tuples(st.integers(0, 20), st.integers(1, MOST)).filter(lambda pair: pair[0] <= pair[1])


limits = st.tuples(st.floats(20, 100), st.floats(0.05, 0.499), st.floats(20, 100))


@given(bounds, st.integers(1, MOST), st.floats(0, 5000), st.tuples(st.floats(0, 100), st.floats(0, 400)), limits)
def test_no_cpu_load_makes_it_flap(
    pair: tuple[int, int], first: int, cpu: float, used: tuple[float, float], limit: tuple[float, float, float]
) -> None:
    """CPU shared by the tasks up to all they have, memory with a part that each task needs whatever it does."""
    own = {"cpu_out": limit[0], "cpu_in": limit[0] * limit[1], "memory": limit[2]}
    tasks = numbers(
        {"minimum": pair[0], "maximum": pair[1], **own},
        lambda n: {"cpu": min(100, cpu / n), "memory": min(100, used[0] + used[1] / n)},
        max(pair[0], min(pair[1], first)),
    )
    assert one_way(tasks), tasks


@given(bounds, st.integers(1, MOST), st.floats(0, 60_000), st.floats(0.01, 0.4), st.floats(0, 70))
def test_no_number_of_requests_makes_it_flap(
    pair: tuple[int, int], first: int, requests: float, effort: float, memory: float
) -> None:
    wanted = {"minimum": pair[0], "maximum": pair[1], "requests": 10}
    start = max(pair[0], min(pair[1], first))
    tasks = numbers(
        wanted,
        lambda n: {"cpu": min(100, effort * requests / n), "memory": memory, "requests": requests / n},
        start,
    )
    assert one_way(tasks), tasks


@settings(deadline=None, max_examples=50)
@given(st.sampled_from([ByCpu, ByRequests]), st.floats(0.5, 3000), st.integers(2, 300))
def test_no_load_makes_it_flap_with_late_metrics_and_slow_starts(make: Any, rate: float, first: int) -> None:
    """Minute by minute: alarms, cool-downs, metrics of the minute before, tasks that take two minutes to start."""
    scaler, seen, desired, orders, tasks, told = make(2, MOST), list[Seen](), first, dict[int, int](), first, [first]
    for minute in range(240):
        tasks += orders.pop(minute, 0)
        seen.append(Seen(60 * rate, tasks, min(100.0, 100 * rate / 10 / tasks), 40))
        wanted = scaler.decide(minute, seen[:-1], desired)
        if wanted > desired:
            orders[minute + 3] = orders.get(minute + 3, 0) + wanted - desired
        elif wanted < desired:
            tasks = wanted
        desired = wanted
        told.append(desired)
    assert one_way(told), told
    assert told[-1] == told[-60], "it has not come to rest"


@given(st.integers(1, 1000), st.floats(100, 5000))
def test_more_of_a_load_is_never_fewer_tasks(count: int, load: float) -> None:
    assert count < more(count, load, 0, 10**6) <= more(count, load * 1.5, 0, 10**6)


@pytest.mark.parametrize(
    ("count", "percent", "expected"),
    [(10, 127, 22), (3, 20, 4), (3, -20, 2), (20, -33, 14), (5, 0, 5), (1, -53, 1), (90, 50, 100)],
)
def test_numbers_are_rounded_as_aws_does(count: int, percent: float, expected: int) -> None:
    """As its documentation has it: 12.7 is 12, 0.6 is 1, -0.6 is -1, -6.7 is -6."""
    assert changed(count, percent, 1, 100) == expected


def test_what_a_task_is_given_follows_from_the_intent() -> None:
    usual = scaling_targets({"requests": 10})["limits"]["requests"]
    assert usual < 600
    for more_room in ({"headroom": 40}, {"spin_up": 300}, {"objective": 99.99}, {"out_minutes": 3}):
        assert scaling_targets({"requests": 10, **more_room})["limits"]["requests"] < usual
    assert scaling_targets({"requests": 10, "minimum": 20, "maximum": 20})["limits"]["requests"] > usual
    assert scaling_targets({"requests": 20})["limits"]["requests"] > 2 * usual


def test_growth_within_the_headroom_is_carried() -> None:
    """A load right below the limit that grows as fast as promised is below what tasks carry when new ones are there."""
    scaling = scaling_targets({"requests": 100, "headroom": 50, "spin_up": 120})
    minutes = (60 + 60 + 120) / 60
    assert scaling["limits"]["requests"] * 1.5 ** (minutes / 10) <= 60 * 100


def test_steps_are_aws_configurations_without_gaps() -> None:
    policies = scaling_targets({"out_minutes": 2})["policies"]
    assert sorted(policies) == ["in", "out", "surge"]
    for name, policy in policies.items():
        steps = policy["configuration"]["StepAdjustments"]
        lows = sorted(
            (step.get("MetricIntervalLowerBound", -1e9), step.get("MetricIntervalUpperBound", 1e9)) for step in steps
        )
        assert all(one[1] == other[0] for one, other in itertools.pairwise(lows)), name
        assert all((step["ScalingAdjustment"] < 0) == (name == "in") for step in steps)
    assert "surge" not in scaling_targets({})["policies"]


def test_the_explanation_has_the_numbers() -> None:
    text = " ".join(scaling_targets({"requests": 10, "minimum": 4, "maximum": 40})["explanation"])
    for part in ("4 to 40 tasks", "carries 10 requests a second and is given 8.825", "210 s go by", "6.6 %"):
        assert part in text
    assert "added at 70 % of CPU and go below 30 %" in " ".join(scaling_targets({})["explanation"])
