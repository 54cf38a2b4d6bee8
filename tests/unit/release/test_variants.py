"""What an experiment counts of its variants: by the measure of a release, over minutes and longer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.release.variants import (
    COARSE,
    DAY,
    MINUTE,
    Experiment,
    counts,
)

BEGUN = 1_800_000_000.0
EXPERIMENT: dict[str, Any] = {
    "service": "web",
    "versions": {"a": "1.0.0", "b": "1.1.0"},
    "groups": {"a": "targetgroup/a/1", "b": "targetgroup/b/1"},
    "load_balancer": "app/x/1",
    "objective": 0.5,
    "share": 50,
    "planned": 1000,
    "actor": "anna",
    "begun": BEGUN,
}
WELL = {f"{side}_{name}": 100.0 for side in "ab" for name in ("requests", "answers_2", "fast")}


class Metrics:
    """CloudWatch, with the same counts in every period."""

    def __init__(self, counts: dict[str, float]) -> None:
        self.counts = counts
        self.periods: set[int] = set()

    def pages(self, _service: str, _operation: str, _result: str, **asked: Any) -> list[dict[str, Any]]:
        return [self._result(query, asked) for query in asked["MetricDataQueries"]]

    def _result(self, query: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
        period = query["MetricStat"]["Period"]
        self.periods.add(period)
        first, last = (int(asked[key].timestamp()) for key in ("StartTime", "EndTime"))
        stamps = [datetime.fromtimestamp(at, UTC) for at in range(first, last, period) if query["Id"] in self.counts]
        return {"Id": query["Id"], "Timestamps": stamps, "Values": [self.counts.get(query["Id"])] * len(stamps)}


def counted(metric: str, seconds: float, **differs: float) -> tuple[dict[str, int], dict[str, int]]:
    """Return what is counted of both variants, so many seconds after the begin."""
    cloud: Any = Metrics(WELL | differs)
    found = counts(cloud, Experiment(metric=metric, **EXPERIMENT), BEGUN + seconds)
    assert cloud.periods == {MINUTE if seconds <= DAY else COARSE}
    return found["a"], found["b"]


@pytest.mark.parametrize(
    ("metric", "differs", "bad"),
    [
        ("errors", {}, 0),
        ("errors", {"b_answers_2": 90, "b_errors": 10}, 100),
        ("errors", {"b_answers_2": 90, "balancer_failed": 10}, 96),
        ("errors", {"b_answers_2": 90, "balancer_rejected": 10}, 96),
        ("errors", {"b_answers_2": 90}, 0),
        ("errors", {"balancer_failed": 50}, 0),
        ("slow", {"b_fast": 90}, 100),
        ("slow", {"b_answers_2": 90}, 96),
    ],
    ids=[
        "all is well",
        "5xx of targets",
        "closed connections",
        "clients that did not wait",
        "open still",
        "of a service beside it",
        "slow",
        "hangs",
    ],
)
def test_what_no_target_answered_counts_against_its_variant(metric: str, differs: dict[str, float], bad: int) -> None:
    a, b = counted(metric, 11 * MINUTE, **differs)
    assert a == {"units": 1000, "successes": 0}
    assert b == {"units": 1000, "successes": bad}


def test_a_long_experiment_is_counted_in_coarse_periods() -> None:
    a, b = counted("errors", DAY + 2 * COARSE + MINUTE, b_answers_2=90, balancer_failed=10)
    assert a == {"units": 29_000, "successes": 0}
    assert b == {"units": 29_000, "successes": 2896}


def test_before_a_minute_is_over_nothing_is_counted() -> None:
    cloud: Any = Metrics(WELL)
    found = counts(cloud, Experiment(metric="errors", **EXPERIMENT), BEGUN + MINUTE)
    assert found == {side: {"units": 0, "successes": 0} for side in "ab"}
