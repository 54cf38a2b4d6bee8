"""Metrics as they come: late, lost, none at all, and one side only."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.verdict import canary_verdict
from ansible_collections.slipway.aws.plugins.plugin_utils.release.samples import Samples
from ansible_collections.slipway.aws.plugins.plugin_utils.release.spec import Colour

FIRST = 29_000_000
SPEC: Any = SimpleNamespace(
    latency_objective=0.5,
    metric_delay=60,
    load_balancer="app/x/1",
    colour=lambda name: Colour(name, name, name, name),
    other=lambda _name: Colour("green", "green", "green", "green"),
)
#: By side, metric and minute, counted from the first.
Told = dict[tuple[str, str, int], float]


class Metrics:
    """CloudWatch, as far as a test says: what is not told is not there."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.asked: dict[str, Any] = {}
        self.code = "Complete"

    def pages(self, _service: str, _operation: str, _result: str, **asked: Any) -> list[dict[str, Any]]:
        self.asked = asked
        return [self._result(query["Id"]) for query in asked["MetricDataQueries"]]

    def _result(self, name: str) -> dict[str, Any]:
        since, until = (self.asked[key].timestamp() for key in ("StartTime", "EndTime"))
        found = {
            (FIRST + minute) * 60: value
            for (side, metric, minute), value in self.told.items()
            if f"{side}_{metric}" == name and since <= (FIRST + minute) * 60 < until
        }
        stamps = [datetime.fromtimestamp(stamp, UTC) for stamp in found]
        return {"Id": name, "StatusCode": self.code, "Timestamps": stamps, "Values": list(found.values())}


def read(told: Told, minutes: float, *, idle: bool = False) -> list[dict[str, Any]]:
    """Return the samples since the first minute began, so many minutes later."""
    reader: Any = Samples(Metrics(told), SPEC, "blue", idle=idle)  # type: ignore[arg-type]
    found: list[dict[str, Any]] = reader.read(FIRST * 60 - 1, (FIRST + minutes) * 60)
    return found


def steady(*minutes: int, **candidate: float) -> Told:
    """Return a hundred requests a minute on either side, all answered, with counts of the candidate's that differ."""
    well = {"requests": 100.0, "answers_2": 100.0, "fast": 100.0}
    sides = {"stable": well, "candidate": well | candidate}
    return {
        (side, name, minute): number
        for side, told in sides.items()
        for name, number in told.items()
        for minute in minutes
    }


def test_a_minute_is_read_when_it_is_over_and_its_metrics_had_time_to_arrive() -> None:
    assert [len(read(steady(0, 1), minutes)) for minutes in (0.5, 1.5, 1.9, 2, 3)] == [0, 0, 0, 1, 2]


def test_a_metric_that_is_late_counts_when_it_is_there() -> None:
    late = read(steady(1), 3)
    assert late[0]["candidate"] is None
    assert read(steady(0, 1), 3)[0]["candidate"]["requests"] == 100


def test_a_side_that_says_nothing_beside_one_that_does_had_no_requests() -> None:
    found = read({("stable", "requests", 0): 50.0}, 2)
    assert found[0]["candidate"] == {"requests": 0, "errors": 0, "slow": 0}


def test_errors_that_are_not_told_are_none() -> None:
    assert read({("candidate", "requests", 0): 9.0}, 2)[0]["candidate"]["errors"] == 0


def test_a_service_that_nobody_used_before_has_zeros() -> None:
    assert read({}, 2, idle=True)[0]["candidate"]["requests"] == 0


@pytest.mark.parametrize(("minutes", "expected"), [(3, "wait"), (7, "rollback")])
def test_metrics_that_were_there_and_are_lost_for_long_are_a_reason_to_go_back(minutes: int, expected: str) -> None:
    samples = read(steady(0, 1, 2), 4 + minutes)
    told = canary_verdict(samples, {}, final=True)
    assert told["verdict"] == expected, told
    assert expected == "wait" or "lost" in told["reason"]


@pytest.mark.parametrize("side", ["stable", "candidate"])
def test_a_service_that_nobody_uses_any_more_has_lost_nothing(side: str) -> None:
    told = steady(0, 1, 2) | {(side, "healthy", minute): 2.0 for minute in range(60)}
    samples = read(told, 60)
    assert {one["minute"] - FIRST: one["candidate"]["requests"] for one in samples} == dict.fromkeys(
        range(59), 0
    ) | dict.fromkeys(range(3), 100)
    verdict = canary_verdict(samples, {}, final=True)
    assert (verdict["verdict"], verdict["missing"]) == ("promote", 0)


def test_an_hour_with_requests_before_a_release_without_any_leaves_it_unclear() -> None:
    told = {("stable", "requests", minute): 100.0 for minute in range(-59, 0)}
    told |= {("stable", "healthy", minute): 2.0 for minute in range(-59, 20)}
    reader: Any = Samples(Metrics(told), SPEC, "blue")  # type: ignore[arg-type]
    before = reader.before(FIRST * 60)
    verdict = canary_verdict([*before, *read(told, 16)], {}, final=True)
    assert len(before) > 50
    assert (verdict["verdict"], verdict["missing"]) == ("wait", 0)
    assert "0 of 100 requests" in verdict["reason"]


@pytest.mark.parametrize("code", ["InternalError", "Forbidden"])
def test_what_cloudwatch_cannot_answer_is_lost_whatever_else_it_says(code: str) -> None:
    metrics = Metrics(steady(*range(9)) | {("stable", "healthy", minute): 2.0 for minute in range(9)})
    metrics.code = code
    reader: Any = Samples(metrics, SPEC, "blue")  # type: ignore[arg-type]
    samples = reader.read(FIRST * 60 - 1, (FIRST + 9) * 60)
    assert canary_verdict(samples, {}, final=True)["reason"].startswith("metrics lost")


def test_without_traffic_nothing_is_promoted() -> None:
    assert canary_verdict(read({}, 12, idle=True), {}, final=True)["verdict"] == "wait"


def test_a_counter_that_goes_backwards_is_no_evidence() -> None:
    told = steady(0, 1, 2) | {("candidate", "requests", 1): -5.0}
    verdict = canary_verdict(read(told, 4), {}, final=False)
    assert verdict["candidate"]["requests"] == 200


def test_slow_requests_come_from_the_percentile_rank() -> None:
    told = {("candidate", "requests", 0): 200.0, ("candidate", "answers_2", 0): 200.0, ("candidate", "fast", 0): 97.5}
    assert read(told, 2)[0]["candidate"]["slow"] == 5


#: Minutes of a step of a candidate that answers nothing, as CloudWatch then has them.
SILENT: dict[str, float] = {"requests": 600, "answers_2": math.nan, "fast": math.nan}


def balancer(*minutes: int, **counts: float) -> Told:
    """Return what the load balancer answered itself, minute by minute."""
    return {("balancer", name, minute): number for name, number in counts.items() for minute in minutes}


def judged(told: Told, minutes: int = 5) -> dict[str, Any]:
    """Return the last verdict on a step of some minutes after an hour that was well; the first rollback counts."""
    before = {(side, name, -1 - ago): value for (side, name, _), value in steady(0).items() for ago in range(60)}
    reader: Any = Samples(Metrics(before), SPEC, "blue")  # type: ignore[arg-type]
    known, looks = reader.before(FIRST * 60), range(2, minutes + 2)
    told = {key: value for key, value in told.items() if not math.isnan(value)}
    verdicts = [canary_verdict([*known, *read(told, look)], {}, final=look == looks[-1]) for look in looks]
    return next((one for one in verdicts if one["verdict"] == "rollback"), verdicts[-1])


@pytest.mark.parametrize(
    ("own", "reason"),
    [
        ({}, "slow 99 % of 600 requests"),
        (balancer(1, 2, 3, 4, failed=600), "slow 99 % of 600 requests"),
        (balancer(0, 1, 2, 3, 4, failed=600), "errors 99 % of 600 requests"),
        (balancer(0, 1, 2, 3, 4, rejected=600), "errors 99 % of 600 requests"),
    ],
    ids=["nobody gave up yet", "hangs", "resets", "hangs for longer than clients wait"],
)
def test_a_candidate_that_answers_nothing_goes_back(own: Told, reason: str) -> None:
    found = judged(steady(*range(5), **SILENT) | own)
    assert found["verdict"] == "rollback"
    assert reason in found["reason"]


def test_a_part_of_the_requests_without_an_answer_is_enough() -> None:
    told = steady(*range(5), requests=600, answers_2=560)
    assert "errors" in judged(told | balancer(*range(5), failed=40))["reason"]


def usual(share: float, **candidate: float) -> Told:
    """Return five minutes of which a share of the requests has no answer, on either side alike."""
    told = steady(*range(5), requests=600, answers_2=600 * (1 - share), **candidate)
    nine = {key: 9 * told["candidate", *key[1:]] for key in told if key[0] == "stable" and key[1] != "fast"}
    return told | nine


#: Some requests take most of a minute; of the candidate's first ones all that have an answer are fast.
LONG = {key: 95.0 if key[1] == "fast" else value for key, value in usual(0).items()}
LONG |= {("candidate", "answers_2", 0): 570.0, ("candidate", "fast", 0): 100.0}


@pytest.mark.parametrize(
    "told",
    [
        usual(0.1),
        usual(0.1) | balancer(*range(5), rejected=300, failed=20),
        usual(1.0, fast=math.nan),
        usual(0) | balancer(*range(5), rejected=5000, failed=5000),
        LONG | balancer(*range(5), failed=500),
        usual(0) | {("candidate", "answers_2", 0): 598.0, ("candidate", "answers_2", 1): 602.0} | balancer(0, failed=9),
        usual(0) | {("candidate", "answers_2", 4): math.nan, ("candidate", "fast", 4): math.nan},
    ],
    ids=[
        "WebSockets, which have no answer that counts",
        "clients that go away",
        "WebSockets only",
        "errors of others behind the same load balancer",
        "long requests while the first ones of a step are open",
        "requests at the edge of a minute",
        "a minute of which only the requests are there yet",
    ],
)
def test_requests_without_an_answer_that_are_nobodys_fault_take_nothing_back(told: Told) -> None:
    assert judged(told)["verdict"] == "promote"


def test_what_is_given_up_while_no_request_comes_counts() -> None:
    told = {key: value for key, value in steady(0, **SILENT).items() if not math.isnan(value)} | balancer(2, failed=600)
    errors = [
        one["candidate"]["errors"]
        for one in read(told | {("stable", name, 2): 9.0 for name in ("requests", "answers_2")}, 4)
    ]
    assert errors == [0, 0, 597]


def test_a_request_is_given_up_in_a_later_minute_and_counts_once() -> None:
    told = steady(0, requests=600, answers_2=500) | steady(1, 2) | balancer(1, failed=100)
    found = read(told, 4)
    assert [one["candidate"]["errors"] for one in found] == [0, 96, 0]  # a few may be open at any time
