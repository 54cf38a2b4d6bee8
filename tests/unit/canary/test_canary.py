"""The statistics of releases: weights add up, evidence keeps its promise, and a verdict is a pure function."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.bursts import burst_size
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.capacity import canary_capacity
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.detectable import canary_detectable
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.evidence import Minute, evidence
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.verdict import canary_verdict
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.weights import canary_weights
from bench.traces import Sample, Scenario, one_step, release

STEPS = st.lists(st.integers(1, 100), min_size=1, max_size=8, unique=True).map(sorted)
#: Chance of each false alarm test to fail though all is well: below 1 in 1000 with these numbers.
RELEASES, FALSE_AT_MOST = 150, 0.1


def sample(minute: int, stable: tuple[int, int, int] | None, candidate: tuple[int, int, int] | None) -> Sample:
    def counts(numbers: tuple[int, int, int] | None) -> dict[str, int] | None:
        return None if numbers is None else dict(zip(("requests", "errors", "slow"), numbers, strict=True))

    return {"minute": minute, "stable": counts(stable), "candidate": counts(candidate)}


def before(scenario: Scenario, chance: random.Random) -> list[Sample]:
    """Return the hour before a release."""
    quiet = replace(scenario, incident=1.0, growth=1.0)
    return [{**one, "candidate": None} for one in one_step(quiet, chance, 60, share=0.0)]


def rolled_back(known: list[Sample], samples: list[Sample]) -> int | None:
    """Return after how many minutes a release goes back, looked at every minute."""
    looks = (canary_verdict([*known, *samples[:number]], {})["verdict"] for number in range(1, len(samples) + 1))
    return next((number for number, verdict in enumerate(looks, 1) if verdict == "rollback"), None)


@given(STEPS, st.floats(0, 50))
def test_weights_are_whole_numbers_that_add_up(steps: list[int], hold_back: float) -> None:
    weights = canary_weights(steps, hold_back)
    for one in weights:
        assert 0 <= one["stable"] <= 999
        assert 0 < one["candidate"] <= 999
        assert one["candidate"] + one["stable"] == 1000 or (one["candidate"], one["stable"]) == (999, 0)
    shares = [one["candidate"] for one in weights]
    assert shares == sorted(shares)


@pytest.mark.parametrize(
    ("steps", "hold_back"),
    [([], 5), ([50, 10], 5), ([10, 10], 5), ([0, 50], 5), ([10, 101], 5), ([10], 60), ([10], -1)],
)
def test_impossible_steps_are_refused(steps: list[float], hold_back: float) -> None:
    with pytest.raises(ValueError, match=r"canary_weights: .* allowed"):
        canary_weights(steps, hold_back)


@given(st.integers(1, 500), st.floats(0.5, 100), st.floats(0, 100))
def test_there_are_tasks_enough_and_not_one_too_many(desired: int, share: float, headroom: float) -> None:
    tasks, needed = canary_capacity(desired, share, 5, headroom), desired * min(share, 95) / 100 * (1 + headroom / 100)
    assert tasks >= 1
    assert needed - 1e-3 <= tasks < max(needed + 1, 2)


SCENARIOS = {
    "quiet": Scenario("quiet", 20, 0.005, 0.005),
    "hardly a request": Scenario("hardly a request", 1, 0.05, 0.05),
    "bursts": Scenario("bursts", 20, 0.005, 0.005, burst=3),
    "bursts, hardly a request": Scenario("bursts, hardly a request", 1, 0.05, 0.05, burst=3),
    "an incident": Scenario("an incident", 20, 0.005, 0.005, incident=10),
    "twice the traffic": Scenario("twice the traffic", 20, 0.01, 0.01, growth=2),
    "nothing fails": Scenario("nothing fails", 100, 0, 0),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_version_as_good_as_the_old_one_hardly_ever_goes_back(name: str) -> None:
    chance, scenario = random.Random(name), SCENARIOS[name]  # noqa: S311  no secret comes of it
    false = [rolled_back(before(scenario, chance), release(scenario, chance)) for _ in range(RELEASES)]
    assert sum(one is not None for one in false) <= FALSE_AT_MOST * RELEASES


def test_a_version_that_fails_four_times_as_often_goes_back_within_minutes() -> None:
    chance, scenario = random.Random(7), Scenario("worse", 20, 0.005, 0.02)  # noqa: S311  no secret comes of it
    found = [rolled_back(before(scenario, chance), one_step(scenario, chance, 40)) or 99 for _ in range(RELEASES)]
    assert sorted(found)[RELEASES // 2] <= 4


def test_what_is_called_detectable_is_found_four_times_in_five() -> None:
    chance = random.Random(3)  # noqa: S311  no secret comes of it
    rate = canary_detectable(1200, 10, 15, 0.005, {})["error_rate"]
    scenario = Scenario("just detectable", 20, 0.005, rate)
    found = [rolled_back(before(scenario, chance), one_step(scenario, chance, 15)) for _ in range(RELEASES)]
    assert 0.65 <= sum(one is not None for one in found) / RELEASES <= 0.97


@pytest.mark.parametrize("of", [lambda rps: rps, lambda rps: 2 * rps])
def test_more_traffic_finds_smaller_differences(of: Callable[[float], float]) -> None:
    rates = [canary_detectable(of(rps) * 60, 10, 5, 0.005, {})["error_rate"] for rps in (1, 5, 20, 100, 500)]
    assert rates == sorted(rates, reverse=True)
    assert canary_detectable(0, 10, 5, 0.005, {}) == {"requests": 0, "error_rate": 1.0}


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 20), st.integers(0, 5000), st.integers(0, 50)), max_size=20)
)
def test_evidence_does_not_depend_on_the_order_of_minutes(counts: list[tuple[int, int, int, int]]) -> None:
    minutes = [Minute(*one) for one in counts]
    assert evidence(minutes) == pytest.approx(evidence(list(reversed(minutes))))
    assert evidence(minutes) >= 0


def test_what_both_suffer_is_no_evidence() -> None:
    assert evidence([Minute(100, 50, 900, 450)] * 5) < 1
    assert evidence([Minute(100, 50, 900, 5)]) > 1e6


def test_bursts_are_measured() -> None:
    chance = random.Random(5)  # noqa: S311  no secret comes of it
    for size in (1.0, 3.0, 6.0):
        samples = one_step(Scenario("bursts", 50, 0.01, 0.01, burst=size), chance, 300, share=0.0)
        found = burst_size(Minute(0, 0, one["stable"]["requests"], one["stable"]["errors"]) for one in samples)
        assert found == pytest.approx(size, rel=0.3)


def test_missing_metrics_are_neither_good_nor_bad_until_there_are_too_many() -> None:
    seen = [sample(minute, (900, 0, 0), (100, 0, 0)) for minute in range(3)]
    lost = [sample(minute, None, None) for minute in range(3, 8)]
    assert canary_verdict(seen, {}, final=True)["verdict"] == "promote"
    assert canary_verdict([*seen, *lost[:4]], {}, final=True)["verdict"] == "wait"
    found = canary_verdict([*seen, *lost], {}, final=True)
    assert found["verdict"] == "rollback"
    assert found["missing"] == 5
    assert "no metrics for 5 minutes" in found["reason"]


def test_no_traffic_at_all_is_too_little_evidence() -> None:
    nothing = [sample(minute, None, None) for minute in range(20)]
    assert canary_verdict(nothing, {}, final=True)["verdict"] == "wait"
    assert canary_verdict([], {}, final=True)["verdict"] == "wait"


def test_a_metric_that_comes_late_counts_when_it_is_there() -> None:
    early = [sample(0, (900, 1, 0), None), sample(1, (900, 1, 0), (100, 30, 0))]
    late = [sample(0, (900, 1, 0), (100, 30, 0)), early[1]]
    assert canary_verdict(late, {})["evidence"]["errors"] > canary_verdict(early, {})["evidence"]["errors"]


def test_a_candidate_that_always_fails_goes_back_at_once() -> None:
    found = canary_verdict([sample(0, (400, 2, 0), (44, 40, 0))], {})
    assert found["verdict"] == "rollback"
    assert "ceiling" in found["reason"]


def test_slow_requests_count_too() -> None:
    slow = [sample(minute, (900, 0, 9), (100, 0, 40)) for minute in range(5)]
    found = canary_verdict(slow, {})
    assert found["verdict"] == "rollback"
    assert "more slow" in found["reason"]


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ({"fals_rollback": 0.1}, "did you mean false_rollback"),
        ({"false_rollback": 0}, "between 0 and 1"),
        ({"rate_ratios": {2: 0.5}}, "add up to 1"),
        ({"rate_ratios": {0.5: 1}}, "ratios above 1"),
    ],
)
def test_a_wrong_policy_is_refused(policy: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=f"canary_verdict: .*{told}"):
        canary_verdict([], policy)


def test_counters_that_go_backwards_are_refused() -> None:
    with pytest.raises(ValueError, match="counts are 0 or more"):
        canary_verdict([sample(0, (900, -1, 0), (100, 0, 0))], {})
