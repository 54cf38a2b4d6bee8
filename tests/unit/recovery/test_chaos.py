"""When experiments may go on, what ends them early, and what counts as held."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.filter.recovery import chaos_experiments
from ansible_collections.slipway.aws.plugins.plugin_utils.chaos.evidence import Minute
from ansible_collections.slipway.aws.plugins.plugin_utils.chaos.hypothesis import judge, problem, too_bad
from ansible_collections.slipway.aws.plugins.plugin_utils.chaos.report import report
from ansible_collections.slipway.aws.plugins.plugin_utils.chaos.windows import check_window
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

OBJECTIVES = {"availability": 99.0, "latency": 90.0, "seconds": 0.5, "requests": 50}
AFTERNOONS = [{"days": ["tue", "thu"], "from": "13:00", "to": "16:00"}]


def at(day: int, hour: int, minute: int = 0) -> float:
    """Return a moment of the week that begins on Monday, the 23rd of November 2026."""
    return datetime(2026, 11, 23 + day, hour, minute, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("begin", "end", "fits"),
    [
        (at(1, 13), at(1, 14), True),
        (at(1, 12, 59), at(1, 14), False),
        (at(1, 15, 30), at(1, 16, 1), False),
        (at(2, 13), at(2, 14), False),
        (at(1, 14), at(3, 14), False),
    ],
    ids=["inside", "too early", "too late", "another day", "from one window into another"],
)
def test_an_experiment_fits_into_one_window(begin: float, end: float, fits: bool) -> None:
    check_window([], begin, end)
    if fits:
        check_window(AFTERNOONS, begin, end)
        return
    with pytest.raises(ConvergeError, match=r"chaos_windows \(tue, thu 13:00-16:00\)"):
        check_window(AFTERNOONS, begin, end)


@pytest.mark.parametrize(
    ("window", "told"),
    [
        ({"days": ["tuesday"], "from": "13:00", "to": "16:00"}, "tuesday"),
        ({"days": ["tue"], "from": "1pm", "to": "16:00"}, "'1pm'; write it as HH:MM"),
    ],
)
def test_a_window_that_is_none_is_refused(window: dict[str, Any], told: str) -> None:
    with pytest.raises(ConvergeError, match=told):
        check_window([window], at(1, 13), at(1, 14))


def minutes(requests: int, errors: int = 0, slow: int = 0) -> list[Minute]:
    return [Minute(0, requests // 2, errors, slow), Minute(60, requests - requests // 2, 0, 0)]


@pytest.mark.parametrize(
    ("phase", "counted", "exceptions", "expected"),
    [
        ("before", minutes(1000), [], ["held", "held"]),
        ("before", minutes(1000, errors=10, slow=100), [], ["held", "held"]),
        ("during", minutes(1000, errors=11), [], ["missed", "held"]),
        ("during", minutes(1000, errors=11, slow=101), ["availability"], ["excepted", "missed"]),
        ("after", minutes(1000, errors=11), ["availability"], ["missed", "held"]),
        ("after", minutes(49), [], ["unknown", "unknown"]),
        ("after", [], [], ["unknown", "unknown"]),
    ],
)
def test_objectives_hold_but_for_declared_exceptions_during_an_experiment(
    phase: str, counted: list[Minute], exceptions: list[str], expected: list[str]
) -> None:
    assert [one.verdict for one in judge(phase, counted, OBJECTIVES, exceptions)] == expected


def test_a_missed_objective_is_told_with_its_numbers() -> None:
    (missed, _) = judge("during", minutes(1000, errors=20), OBJECTIVES)
    assert problem(missed, 1000) == "availability during: 98 % of 1000 requests, promised are 99 %"
    (unknown, _) = judge("after", minutes(3), OBJECTIVES)
    assert problem(unknown, 3) == "availability after: 3 requests are too few to judge by; send more"


@pytest.mark.parametrize(
    ("counted", "percent", "expected"),
    [
        (minutes(100, errors=10), 10, ""),
        (minutes(100, errors=11), 10, "11.0 % of 100 requests are errors, stop_percent is 10"),
        (minutes(100, slow=11), 10, "11.0 % of 100 requests are slow, stop_percent is 10"),
        (minutes(49, errors=49), 10, ""),
        (minutes(100, errors=100), 100, ""),
    ],
)
def test_too_many_bad_answers_end_an_experiment(counted: list[Minute], percent: float, expected: str) -> None:
    assert too_bad(counted, OBJECTIVES, percent) == expected


EXPERIMENTS = {
    name: {"hypothesis": f"{name} is nothing", "template": {"tags": {"Name": f"slipway-dev-chaos-{name}"}}}
    for name in ("killed", "rebooted")
}
LIMITS = {"stop_percent": 10, "stop_percents": {"rebooted": 100}, "alarms": ["slipway-dev-web-blue-error-share"]}


def test_an_experiment_that_may_cost_errors_heeds_no_alarm() -> None:
    exceptions = {"rebooted": {"availability": "while it starts"}}
    killed, rebooted = chaos_experiments(["killed", "rebooted"], EXPERIMENTS, exceptions, LIMITS)
    assert (killed["stop_percent"], killed["alarms"], killed["exceptions"]) == (10, LIMITS["alarms"], [])
    assert (rebooted["stop_percent"], rebooted["alarms"], rebooted["exceptions"]) == (100, [], ["availability"])
    assert killed["template"] == "slipway-dev-chaos-killed"


def test_an_unknown_experiment_is_refused_with_those_there_are() -> None:
    with pytest.raises(AnsibleFilterError, match="'kiled' is no experiment here; there are killed, rebooted"):
        chaos_experiments(["kiled"], EXPERIMENTS, {}, LIMITS)


def test_a_report_says_which_experiment_has_a_problem() -> None:
    record = {
        "name": "killed",
        "outcome": "completed",
        "findings": [{"name": "availability", "verdict": verdict} for verdict in ("held", "missed", "held")],
        "problems": ["availability during: 98 %"],
        "times": {"begun": 0},
    }
    found = report("dev", "web", OBJECTIVES, [record])
    assert found["problems"] == ["killed: availability during: 98 %"]
    assert found["lines"] == ["killed completed: availability held missed held"]
    assert found["experiments"][0]["begun_text"] == "1970-01-01T00:00:00Z"
    assert not found["experiments"][0]["good"]
