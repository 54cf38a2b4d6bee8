"""The verdict: three outcomes, and what is known of data that is missing, late, impossible or out of step."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.judge import Judge
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.policy import Policy
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.samples import read_samples
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.verdict import canary_verdict

Sample = dict[str, Any]


def side(requests: int, errors: int = 0, slow: int = 0) -> dict[str, int]:
    return {"requests": requests, "errors": errors, "slow": slow}


def sample(minute: float, stable: dict[str, int] | None, candidate: dict[str, int] | None) -> Sample:
    return {"minute": minute, "stable": stable, "candidate": candidate}


def history(minutes: int = 60) -> list[Sample]:
    """Return minutes of stable alone, with 4 to 6 errors each: no bursts."""
    return [sample(minute, side(1200, 4 + minute % 3, 12), side(0)) for minute in range(minutes)]


def release(errors: int, minutes: int = 5, slow: int = 1, start: int = 60) -> list[Sample]:
    """Return minutes of 10 %, with so many errors of the candidate a minute."""
    return [sample(start + minute, side(1080, 5, 10), side(120, errors, slow)) for minute in range(minutes)]


def test_a_candidate_as_good_as_stable_is_promoted_at_the_end_and_not_before() -> None:
    samples = history() + release(0, 4) + release(1, 1, start=64)
    assert canary_verdict(samples)["verdict"] == "wait"
    found = canary_verdict(samples, final=True)
    assert found["verdict"] == "promote"
    assert found["candidate"] == side(600, 1, 5)
    assert found["stable"] == side(5400, 25, 50), "minutes before the release are compared with nothing"


def test_a_bad_candidate_is_rolled_back_with_its_numbers() -> None:
    found = canary_verdict(history() + release(4))
    assert found["verdict"] == "rollback"
    assert "3.3 % of 240 requests against 0.46 % of 2160 requests on stable" in found["reason"]
    assert found["evidence"]["errors"] > found["evidence"]["limit"] == pytest.approx(20)


def test_slowness_counts_too() -> None:
    found = canary_verdict(history() + release(0, slow=12))
    assert found["verdict"] == "rollback"
    assert found["reason"].startswith("slow 10 % of")
    assert found["evidence"]["slow"] > found["evidence"]["limit"]


def test_slowness_has_its_part_of_the_budget() -> None:
    samples = history() + release(2, 2)
    whole = canary_verdict(samples, {"slow_share": 0})["evidence"]["errors"]
    assert canary_verdict(samples, {"slow_share": 0.4})["evidence"]["errors"] == pytest.approx(0.6 * whole)


def test_an_incident_that_hits_both_is_no_evidence() -> None:
    incident = [sample(60 + minute, side(1080, 540, 540), side(120, 60, 60)) for minute in range(5)]
    found = canary_verdict(history() + incident, final=True)
    assert found["verdict"] == "promote"


def test_the_hard_ceiling_acts_at_once() -> None:
    samples = [*history(), sample(60, side(1080, 5), side(120, 60))]
    assert canary_verdict(samples)["reason"].startswith("hard ceiling: errors 50 % of 120 requests")


def test_the_ceiling_needs_its_requests_and_can_be_switched_off() -> None:
    few = [*history(), sample(60, side(100), side(10, 6))]
    judged = {name: judge(few, ceiling) for name, ceiling in {"few": 20, "enough": 10}.items()}
    assert (judged["few"].above_ceiling, judged["enough"].above_ceiling) == (False, True)
    samples = [*history(), sample(60, side(1080, 5), side(120, 60))]
    assert "ceiling" not in canary_verdict(samples, {"hard_ceiling": None})["reason"]


def judge(samples: list[Sample], requests: int) -> Judge:
    found = Judge(Policy(ceiling_requests=requests))
    for each in read_samples("test", samples):
        found.add(each)
    return found


def test_the_ceiling_looks_back_for_its_requests() -> None:
    samples = history() + [sample(60 + minute, side(70), side(7, 6)) for minute in range(3)]
    assert judge(samples, 20).above_ceiling


def test_the_ceiling_acts_without_stable_and_not_when_stable_is_as_bad() -> None:
    alone = [sample(60, None, side(120, 60))]
    assert canary_verdict(history() + alone)["reason"].startswith("hard ceiling")
    both = [sample(60, side(1080, 400), side(120, 60))]
    assert not canary_verdict(history() + both)["reason"].startswith("hard ceiling")


def test_too_few_requests_are_not_enough() -> None:
    samples = history() + [sample(60 + minute, side(90), side(10)) for minute in range(5)]
    assert canary_verdict(samples, final=True)["reason"] == "not enough evidence: 50 of 100 requests on the candidate"
    assert canary_verdict(samples, {"minimum_requests": 50}, final=True)["verdict"] == "promote"


def test_too_few_samples_are_not_enough() -> None:
    found = canary_verdict(history() + release(0, 2), final=True)
    assert (found["verdict"], found["reason"][:33]) == ("wait", "not enough evidence: 2 of 3 sampl")


def test_doubt_is_no_promotion() -> None:
    samples = history() + release(2, 3)
    found = canary_verdict(samples, final=True)
    assert 5 <= found["evidence"]["errors"] < 20
    assert (found["verdict"], found["reason"][:9]) == ("wait", "in doubt:")
    assert canary_verdict(samples, {"doubt": 1}, final=True)["verdict"] == "promote"


def test_nothing_at_all_is_not_enough() -> None:
    found = canary_verdict([], final=True)
    assert (found["verdict"], found["missing"]) == ("wait", 0)


def test_zero_traffic_is_neither_missing_nor_success() -> None:
    samples = history() + [sample(60 + minute, side(0), side(0)) for minute in range(20)]
    found = canary_verdict(samples, final=True)
    assert (found["verdict"], found["missing"]) == ("wait", 0)


@pytest.mark.parametrize("lost", ["stable", "candidate", "both"])
def test_missing_metrics_are_waited_for_up_to_the_cap(lost: str) -> None:
    gone = sample(0, None if lost != "candidate" else side(9), None if lost != "stable" else side(9))
    for minutes in range(1, 5):
        samples = history() + release(0) + [{**gone, "minute": 65 + minute} for minute in range(minutes)]
        found = canary_verdict(samples, final=True)
        assert (found["verdict"], found["missing"]) == ("wait", minutes)
    samples.append({**gone, "minute": 69})
    assert canary_verdict(samples, final=True)["reason"].startswith("metrics lost")
    assert canary_verdict(samples, {"missing_cap": 6})["verdict"] == "wait"


def test_metrics_that_were_never_there_are_missing() -> None:
    found = canary_verdict([sample(minute, None, None) for minute in range(100, 105)])
    assert (found["verdict"], found["missing"]) == ("rollback", 5)


def test_minutes_that_nobody_sampled_are_missing_as_soon_as_one_is_missing_after_them() -> None:
    samples = [*history(), *release(0), sample(69, None, None)]
    assert canary_verdict(samples)["missing"] == 5


def test_finer_samples_are_counted_in_minutes() -> None:
    samples = history() + release(0) + [sample(64 + place / 6, None, None) for place in range(1, 13)]
    assert canary_verdict(samples)["missing"] == 2


def test_metrics_that_come_back_are_forgiven() -> None:
    samples = [*history(), *release(0), sample(65, None, None), *release(0, 3, start=66)]
    found = canary_verdict(samples, final=True)
    assert (found["verdict"], found["missing"]) == ("promote", 0)


@pytest.mark.parametrize("name", ["requests", "errors", "slow"])
def test_a_counter_that_went_backwards_makes_its_minute_missing(name: str) -> None:
    samples = history() + release(1)
    broken = deepcopy(samples)
    broken[-1]["candidate"][name] = -300
    found = canary_verdict(broken)
    assert found["missing"] == 1
    assert found["candidate"] == side(480, 4, 4)


def test_errors_that_are_counted_a_minute_after_their_requests_are_no_contradiction() -> None:
    samples = history() + release(0) + [sample(65, side(0), side(0, 2, 1))]
    assert canary_verdict(samples)["candidate"]["requests"] == 600, "without requests on stable there is no comparison"
    samples = history() + release(0) + [sample(65, side(1080), side(0, 2, 1))]
    assert canary_verdict(samples)["candidate"] == side(602, 2, 6)


def test_a_late_metric_replaces_what_was_known_of_its_minute() -> None:
    early = history() + release(0)
    late = [*early, *release(2, 1, start=62)]
    assert canary_verdict(late)["candidate"] == side(600, 2, 5)
    in_place = deepcopy(early)
    in_place[62] = late[-1]
    assert canary_verdict(late) == canary_verdict(in_place)


def test_samples_may_come_in_any_order() -> None:
    samples = history() + release(2)
    assert canary_verdict(samples[::-1]) == canary_verdict(samples)


def test_clocks_a_minute_apart_do_not_make_a_difference_of_a_step() -> None:
    """The candidate's minutes are stamped one late, and the step goes from 10 to 50 %."""
    candidate = [side(120, 1, 1)] * 6 + [side(600, 3, 6)] * 5
    stable = [side(1080, 5, 10)] * 5 + [side(600, 3, 6)] * 6
    samples = history() + [
        sample(60 + minute, *both) for minute, both in enumerate(zip(stable, candidate, strict=True))
    ]
    assert canary_verdict(samples, final=True)["verdict"] == "promote"


def test_a_step_changes_the_share_and_not_the_evidence() -> None:
    steps = [sample(65 + minute, side(600, 3, 6), side(600, 3, 6)) for minute in range(5)]
    held = [sample(70 + minute, side(60, 0, 1), side(1140, 6, 11)) for minute in range(5)]
    assert canary_verdict(history() + release(1) + steps + held, final=True)["verdict"] == "promote"


counts = st.integers(0, 500).flatmap(
    lambda requests: st.builds(side, st.just(requests), st.integers(0, requests), st.integers(0, requests))
)
traces = st.lists(st.tuples(st.none() | counts, st.none() | counts), max_size=12).map(
    lambda pairs: [sample(minute, *pair) for minute, pair in enumerate(pairs)]
)


@given(traces)
@settings(deadline=None)
def test_the_verdict_is_pure(samples: list[Sample]) -> None:
    before = deepcopy(samples)
    first = canary_verdict(samples)
    assert samples == before
    assert canary_verdict(samples) == first


@given(traces)
@settings(deadline=None)
def test_what_was_known_is_not_judged_anew(samples: list[Sample]) -> None:
    """Evidence up to a look depends on samples up to that look alone, so that looking again changes nothing."""
    judging = Judge(Policy())
    for number, each in enumerate(read_samples("test", samples), 1):
        judging.add(each)
        found = canary_verdict(samples[:number])
        assert found["evidence"]["errors"] == judging.evidence_of_errors
        assert found["missing"] == judging.missing
        if judging.condemned:
            return


def test_a_rollback_stays_one_whoever_looks_later() -> None:
    bad = history() + release(4, 3)
    first = canary_verdict(bad)
    assert first["verdict"] == "rollback"
    better = [sample(63 + minute, side(600, 3, 6), side(600)) for minute in range(30)]
    assert canary_verdict(bad + better, final=True) == first


@given(traces, st.integers(1, 50))
@settings(deadline=None)
def test_more_errors_in_the_last_sample_never_speak_for_the_candidate(samples: list[Sample], more: int) -> None:
    last = sample(12, side(500, 5), side(100, 3))
    worse = sample(12, side(500, 5), side(100, 3 + more))
    less, greater = (canary_verdict([*samples, each])["evidence"]["errors"] for each in (last, worse))
    assert less <= greater


@given(traces)
@settings(deadline=None)
def test_there_is_no_promotion_before_the_end(samples: list[Sample]) -> None:
    assert canary_verdict(samples)["verdict"] != "promote"
