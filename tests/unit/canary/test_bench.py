"""The judges of other tools follow their rules, and the committed tables are those of the simulation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import sqrt
from statistics import fmean

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.samples import Sample, Side
from bench import verdict
from bench.judges import JUDGES
from bench.judges.pipecd import _probability
from bench.traces import Generator, Traffic
from tools.draw_verdict import cells

HISTORY = [Sample(minute, Side(1000, 2, 0), Side(0, 0, 0)) for minute in range(30)]


def end(name: str, errors: Sequence[int | None], stable: int = 2) -> int | None:
    """Return the number of the sample at which a judge rolls back; ``None`` of errors is a minute without requests."""
    judge = JUDGES[name](HISTORY, "errors")
    for number, count in enumerate(errors, 1):
        candidate = Side(0, 0, 0) if count is None else Side(1000, count, 0)
        if judge.rolls_back(Sample(30.0 + number, Side(1000, stable + number % 2, 0), candidate)):
            return number
    return None


@pytest.mark.parametrize(
    ("name", "errors", "expected"),
    [
        ("Alarm", [10, 11], 2),
        ("Alarm", [10, None, 9], None),
        ("Flagger", [11, 2, 11, 2, 11, 2, 11, 2, 11], 9),
        ("Flagger", [11, 11, 11, 11, 2], None),
        ("Flagger", [None] * 5, 5),
        ("Argo", [11, 2, 11, 2, 11, 2, 11], 7),
        ("Argo", [11, 11, 11, 2], None),
        ("Argo", [None] * 5, 5),
        ("Argo", [None, None, None, None, 2, None], None),
        ("Kayenta", [20, 21, 22, 23, 24], 5),
        ("Kayenta", [20, 21, 22, 23], None),
        ("Kayenta", [2, 3, 2, 3, 2], None),
        ("PipeCD", [20, 21, 22, 23, 24], 5),
        ("PipeCD", [2, 3, 2, 3, 2], None),
        ("PipeCD", [2, 3, 2, 3, 2, 20, 21, 22, 23, 24], 10),
        ("Slipway", [20, 21, 22], 1),
        ("Slipway", [2, 3, 2, 3, 2] * 3, None),
    ],
)
def test_judges_follow_their_rules(name: str, errors: list[int | None], expected: int | None) -> None:
    assert end(name, errors) == expected


def test_the_exact_probability_of_ranks() -> None:
    assert _probability([6, 7, 8], [1, 2, 3]) == pytest.approx(1 / 20)
    assert _probability([1, 2, 3], [6, 7, 8]) == pytest.approx(1)
    assert _probability([1, 1], [1, 1]) == 1


def test_the_same_seed_gives_the_same_releases() -> None:
    traffic = Traffic(5, burst=3, doubling=True, wavering=0.3)
    one, other, third = (Generator(traffic, seed).trace() for seed in ("a", "a", "b"))
    assert one == other
    assert one != third


def test_traffic_is_what_it_says() -> None:
    trace = Generator(Traffic(100, errors=0.01, burst=3, minutes=200, worse=2), "traffic").trace()
    stable = [sample.stable for sample in trace.release if sample.stable]
    candidate = [sample.candidate for sample in trace.release if sample.candidate]
    requests = sum(side.requests for side in [*stable, *candidate])
    assert requests / (600 * 60) == pytest.approx(100, rel=0.01)
    for sides, expected in ((stable, 0.01), (candidate, 0.02)):
        assert sum(side.errors for side in sides) / sum(side.requests for side in sides) == pytest.approx(
            expected, rel=0.05
        )
    assert sum(side.requests for side in candidate[:200]) / 200 == pytest.approx(600, rel=0.02)


def test_the_tables_are_made() -> None:
    false = {"nothing": verdict.false_rollbacks(Traffic(1), 3, "x", quick=True)}
    found = {verdict.PROMISED: verdict.detection(verdict.BAD[verdict.PROMISED], 5, "x")}
    assert re.match(r"\| nothing \| [\d.]+ \([\d.]+\) \|", verdict.false_table(false)[2])
    assert verdict.detection_table(found)[2].count("min") + verdict.detection_table(found)[2].count("never") == len(
        JUDGES
    )
    assert verdict.broken({"nothing": {"Slipway": [0.2]}}, {verdict.PROMISED: {"Slipway": (1.0, 4.0, 9.0)}}, 300) == [
        "nothing: 20.0 % false rollbacks; promised are at most 5 %",
        "20/s, 0.5 % -> 2 %: stopped after 4 minutes; promised are at most 3.5",
    ]


def test_a_quick_run_has_releases_enough_to_tell_whether_the_promise_is_kept() -> None:
    traffic, count = verdict.BAD[verdict.PROMISED], verdict.bad_releases(verdict.PROMISED, quick=True)
    (stops,) = verdict.releases(traffic, count, f"slipway {traffic}", ["Slipway"]).values()
    soon = [stop.minutes is not None and stop.minutes <= verdict.PROMISED_MINUTES for stop in stops]
    # Half of them, and more by two standard deviations: not by chance.
    assert fmean(soon) > 0.5 + 2 * sqrt(0.25 / count)
    assert verdict.bad_releases("another", quick=True) < count


@pytest.mark.parametrize("name", verdict.HEALTHY)
def test_the_committed_table_keeps_the_promise(name: str) -> None:
    row = cells(name)
    assert list(row) == list(JUDGES)
    mean, worst = map(float, re.findall(r"[\d.]+", row["Slipway"]))
    assert mean <= worst <= 5


@pytest.mark.parametrize("name", verdict.BAD)
def test_every_bad_candidate_is_in_the_committed_table(name: str) -> None:
    assert "min" in cells(name)["Slipway"]


def test_the_committed_detection_keeps_the_promise() -> None:
    assert float(cells(verdict.PROMISED)["Slipway"].split()[0]) <= verdict.PROMISED_MINUTES
