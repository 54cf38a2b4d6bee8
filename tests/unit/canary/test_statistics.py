"""The numbers behind the verdict, against what is known exactly or simulated."""

from __future__ import annotations

import time
from itertools import product
from math import comb
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.bursts import Bursts
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.detectable import _at_least, canary_detectable
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.evidence import Evidence, Mixture
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.experiment import ab_result, ab_sample_size
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.policy import RATE_RATIOS
from bench.judges import JUDGES
from bench.traces import Generator, Traffic


@pytest.mark.parametrize(("total", "share"), list(product((1, 5, 12), (0.05, 0.1, 0.5, 0.95))))
def test_without_a_difference_the_mean_evidence_is_one(total: int, share: float) -> None:
    """Over all splits of the errors, each with its binomial probability."""
    mixture = Mixture(RATE_RATIOS)
    mean = sum(
        comb(total, candidate)
        * share**candidate
        * (1 - share) ** (total - candidate)
        * mixture.mean(mixture.logs(candidate, total, share))
        for candidate in range(total + 1)
    )
    assert mean == pytest.approx(1)


def test_a_sample_does_not_decide_on_its_own_weight() -> None:
    calm, wild = (Evidence(RATE_RATIOS, Bursts(1.0)) for _ in range(2))
    for _ in range(30):
        calm.add((1000, 0), (5, 0))
        wild.add((1000, 0), (5, 0))
    calm.add((900, 100), (5, 5))
    wild.add((900, 100), (5, 5))
    assert calm.value == wild.value
    wild.add((900, 100), (90, 0))
    assert wild.bursts.ratio > calm.bursts.ratio


def measured(burst: float, minutes: int, errors: float = 0.01, seed: str = "bursts") -> float:
    found = Bursts(5.0)
    for sample in Generator(Traffic(20, errors=errors, burst=burst, history=minutes), seed).trace().history:
        assert sample.stable is not None
        found.add((sample.stable.requests, 0), (sample.stable.errors, 0))
    return found.ratio


def test_bursts_are_measured() -> None:
    assert measured(1, 360) == pytest.approx(1, abs=0.1)
    assert measured(3, 360) == pytest.approx(5, rel=0.3), "geometric bursts of mean 3 have a ratio of 5"


def test_before_anything_is_measured_bursts_are_believed() -> None:
    assert Bursts(5.0).ratio == 5
    assert measured(1, 3) > 2


def test_a_drift_that_lasts_is_no_burst() -> None:
    found = Bursts(5.0)
    random = Random(1)  # noqa: S311  a simulation
    for minute in range(360):
        found.add((1000, 0), (random.binomialvariate(1000, 0.005 + 0.01 * minute / 360), 0))
    assert found.ratio < 1.2


def test_what_is_correlated_in_time_is_found_in_longer_stretches() -> None:
    found = Bursts(5.0)
    random = Random(1)  # noqa: S311  a simulation
    for minute in range(360):
        found.add((1000, 0), (random.binomialvariate(1000, 0.02 if minute // 8 % 2 else 0.06), 0))
    assert found.ratio > 10


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 50)), max_size=30))
def test_the_ratio_is_never_below_one(samples: list[tuple[int, int]]) -> None:
    found = Bursts(5.0)
    for requests, errors in samples:
        found.add((requests + errors, requests), (errors, 0))
        assert found.ratio >= 1


@pytest.mark.parametrize("traffic", [Traffic(20), Traffic(20, burst=3), Traffic(100, errors=0.05, incident=0.1)])
def test_false_rollbacks_stay_within_the_budget(traffic: Traffic) -> None:
    generator, count, rolled_back = Generator(traffic, "false"), 150, 0
    for _ in range(count):
        trace = generator.trace()
        judge = JUDGES["Slipway"](trace.history, "errors")
        rolled_back += any(judge.rolls_back(sample) for sample in trace.release)
    assert rolled_back <= 0.05 * count


def stopped(rate: float, errors: float, traffic: Traffic, count: int = 150) -> float:
    """Return the share of releases that are stopped within the first step."""
    generator = Generator(traffic, f"{rate} {errors}")
    found = 0
    for _ in range(count):
        trace = generator.trace()
        judge = JUDGES["Slipway"](trace.history, "errors")
        found += any(judge.rolls_back(sample) for sample in trace.release[: traffic.minutes])
    return found / count


@pytest.mark.parametrize(("rate", "errors"), [(5, 0.005), (20, 0.005), (100, 0.001)])
def test_what_is_called_detectable_is_found_in_four_of_five_releases(rate: float, errors: float) -> None:
    smallest = canary_detectable(rate * 60, 10, 5, errors)["error_rate"]
    power = stopped(rate, errors, Traffic(rate, errors=errors, worse=smallest / errors, history=180))
    assert 0.7 <= power <= 0.92


def test_more_traffic_more_time_and_calmer_errors_find_smaller_differences() -> None:
    def smallest(rate: float = 1200, minutes: float = 5, burst: float = 1) -> float:
        found: float = canary_detectable(rate, 10, minutes, 0.005, burst=burst)["error_rate"]
        return found

    assert smallest(rate=6000) < smallest() < smallest(rate=300)
    assert smallest(minutes=60) < smallest()
    assert smallest() < smallest(burst=5)


def test_what_cannot_be_found_is_said() -> None:
    assert canary_detectable(1, 10, 5, 0.01) == {"requests": 0, "error_rate": None, "false_rollback": 0.05}
    assert canary_detectable(600, 10, 5, 0.01, {"false_rollback": 0.01})["false_rollback"] == 0.01


def test_planning_costs_far_less_than_the_requests_grow() -> None:
    def seconds(rate: float) -> float:
        started = time.thread_time()
        canary_detectable(rate, 50, 60, 0.01)
        return time.thread_time() - started

    few, many = (min(seconds(rate) for _ in range(5)) for rate in (30, 300_000))
    assert many < 100 * few


@given(st.integers(1, 60), st.integers(0, 61), st.floats(0.01, 0.99))
@settings(deadline=None)
def test_the_binomial_tail(trials: int, count: int, rate: float) -> None:
    exact = sum(comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(count, trials + 1))
    assert _at_least(count, trials, rate) == pytest.approx(exact, abs=1e-9)


def test_an_experiment_of_the_planned_size_finds_its_difference() -> None:
    planned, random, count = ab_sample_size(0.05, 0.02), Random(1), 400  # noqa: S311  a simulation
    found = [
        ab_result(
            {"units": planned["a"], "successes": random.binomialvariate(planned["a"], 0.05)},
            {"units": planned["b"], "successes": random.binomialvariate(planned["b"], 0.07)},
        )
        for _ in range(count)
    ]
    assert sum(each["result"] == "b_higher" for each in found) / count == pytest.approx(0.8, abs=0.06)
    inside = sum(each["interval"][0] <= 0.02 <= each["interval"][1] for each in found)
    assert inside / count == pytest.approx(0.95, abs=0.03)


@pytest.mark.parametrize(
    ("a", "b", "planned", "result"),
    [
        ((1000, 100), (1000, 50), 0, "b_lower"),
        ((1000, 50), (1000, 55), 0, "no_difference"),
        ((1000, 50), (1000, 100), 5000, "too_early"),
        ((1000, 50), (1200, 100), 0, "split_mismatch"),
    ],
)
def test_results(a: tuple[int, int], b: tuple[int, int], planned: int, result: str) -> None:
    one, other = ({"units": units, "successes": successes} for units, successes in (a, b))
    assert ab_result(one, other, planned=planned)["result"] == result
