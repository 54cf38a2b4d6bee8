"""What an experiment does with an AWS that answers as the test says: begins, stops, and leaves nothing disturbed."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.chaos.evidence import Place
from ansible_collections.slipway.aws.plugins.plugin_utils.chaos.experiment import Experiment, Plan
from ansible_collections.slipway.aws.plugins.plugin_utils.release.counted import MINUTE
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

TAGS = {"project": "slipway", "environment": "dev"}
OBJECTIVES = {"availability": 99, "latency": 90, "seconds": 0.5, "requests": 50}
PLAN = Plan(OBJECTIVES, before=3, settle=1, after=2, timeout=10)
PLACE = Place("app/main/1", ("targetgroup/blue/1", "targetgroup/green/1"), 0.5)
DECLARED = {
    "name": "killed",
    "template": "t",
    "hypothesis": "nothing",
    "exceptions": [],
    "stop_percent": 10,
    "alarms": [],
}
NUMBER = "EXP1"


class Aws:
    """Answers calls; time passes only when somebody waits.

    Args:
        requests: of each minute.
        lasts: seconds until an experiment ends by itself.
        left: the status of an experiment that an earlier run has left.
    """

    def __init__(self, requests: int = 600, lasts: float = 120, left: str = "") -> None:
        self.now = 1_800_000_000.0
        self.requests, self.lasts = requests, lasts
        self.experiments = {"LEFT": left} if left else {}
        self.alarms: dict[str, str] = {}
        #: Counts that differ once the experiment has begun.
        self.errors: dict[str, int] = {}
        self.begun = 0.0
        self.fails_at = float("inf")
        self.clock = SimpleNamespace(patience=lambda seconds: seconds)

    def time(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds
        if self.now > self.fails_at:
            raise ConvergeError("the way to AWS is gone")

    def wait_until(self, done: Any, what: str, *, at_most: int, poll: int) -> None:
        assert done(), (what, at_most, poll)

    def client(self, service: str) -> Any:
        assert service == "fis"
        return SimpleNamespace(stop_experiment=lambda **named: self.experiments.update({named["id"]: "stopped"}))

    def pages(self, _service: str, operation: str, _result: str, /, **parameters: Any) -> list[Any]:
        if operation == "list_experiment_templates":
            return [{"id": "EXT0", "tags": {**TAGS, "Name": "other"}}, {"id": "EXT1", "tags": {**TAGS, "Name": "t"}}]
        if operation == "list_experiments":
            assert parameters["experimentTemplateId"] == "EXT1"
            return [{"id": name, "state": {"status": status}} for name, status in self.experiments.items()]
        return [self._metric(query, parameters) for query in parameters["MetricDataQueries"]]

    def _metric(self, query: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
        first, last = (int(parameters[name].timestamp()) for name in ("StartTime", "EndTime"))
        stamps = list(range(first, last, MINUTE))
        values = [value for at in stamps if (value := self._value(query["Id"], at)) is not None]
        times = [datetime.fromtimestamp(at, UTC) for at in stamps[: len(values)]]
        return {"Id": query["Id"], "Timestamps": times, "Values": values}

    def _value(self, name: str, at: int) -> float | None:
        now = self.errors if self.begun and at + MINUTE > self.begun else {}
        usual = {"group0_requests": self.requests, "group0_answers_2": self.requests - now.get("group0_errors", 0)}
        return {**usual, **now}.get(name) if self.requests else None

    def read(self, _service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        if operation == "describe_alarms":
            found = [{"AlarmName": name, "StateValue": state} for name, state in self.alarms.items()]
            return {"MetricAlarms": found}
        if self.experiments[parameters["id"]] == "running" and self.now >= self.begun + self.lasts:
            self.experiments[parameters["id"]] = "completed"
        return {"experiment": {"state": {"status": self.experiments[parameters["id"]]}, "targets": {}}}

    def write(self, _service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        assert (operation, parameters["experimentTemplateId"]) == ("start_experiment", "EXT1")
        self.experiments[NUMBER], self.begun = "running", self.now
        return {"experiment": {"id": NUMBER}}


def done(aws: Any, **declared: Any) -> dict[str, Any]:
    return Experiment(aws, PLACE, PLAN, {**DECLARED, **declared}, TAGS, lambda _: None).run()


def test_an_experiment_that_nobody_notices_has_no_problem() -> None:
    record = done(Aws())
    assert (record["outcome"], record["problems"]) == ("completed", [])
    assert [one["verdict"] for one in record["findings"]] == ["held"] * 6
    assert record["requests"]["before"] >= 3 * 600
    assert record["times"]["looked"] - record["times"]["settled"] == PLAN.after * MINUTE


@pytest.mark.parametrize(
    ("errors", "well"),
    [
        ({"group0_errors": 30}, "95"),
        ({"balancer_untargeted": 30}, "95.238"),
        ({"group0_answers_2": 570, "balancer_broken": 20, "balancer_overdue": 10}, "95"),
    ],
    ids=["of a target", "of the load balancer without a target", "of the load balancer in place of a target"],
)
def test_errors_are_counted_whoever_answered_with_them(errors: dict[str, int], well: str) -> None:
    aws = Aws()
    aws.errors = errors
    record = done(aws)
    assert record["outcome"] == "completed"
    assert record["problems"][0].startswith(f"availability during: {well} % of")


def test_a_few_errors_do_not_hide_among_requests_that_are_open_at_any_moment() -> None:
    aws = Aws()
    aws.errors = {"group0_answers_2": 593, "balancer_overdue": 7}
    assert done(aws)["problems"][0].startswith("availability during: 98.833 % of")


@pytest.mark.parametrize("kind", ["broken", "overdue"])
def test_errors_about_services_beside_it_are_none_of_its_own(kind: str) -> None:
    aws = Aws()
    aws.errors = {f"balancer_{kind}": 300}
    assert done(aws)["problems"] == []


def test_requests_that_hang_are_slow_before_anybody_gives_them_up() -> None:
    aws = Aws(lasts=3600)
    aws.errors = {"group0_answers_2": 300}
    assert "requests are slow, stop_percent is 10" in done(aws)["reason"]


def test_too_many_errors_stop_it() -> None:
    aws = Aws(lasts=3600)
    aws.errors = {"group0_errors": 300}
    record = done(aws)
    assert aws.experiments == {NUMBER: "stopped"}
    assert record["outcome"] == "stopped"
    assert record["problems"][0] == f"stopped: {record['reason']}"
    assert "50.0 % of" in record["reason"]


def test_one_that_does_not_end_is_stopped() -> None:
    aws = Aws(lasts=1e9)
    assert "not over after 10 minutes (chaos_timeout_minutes)" in done(aws)["reason"]
    assert aws.experiments == {NUMBER: "stopped"}


def test_what_goes_wrong_here_leaves_nothing_disturbed() -> None:
    aws = Aws(lasts=3600)
    aws.fails_at = aws.now + 100
    with pytest.raises(ConvergeError, match="the way to AWS is gone"):
        done(aws)
    assert aws.experiments == {NUMBER: "stopped"}


@pytest.mark.parametrize(
    ("aws", "alarms", "told"),
    [
        (Aws(requests=10), {}, "are too few to judge by"),
        (Aws(requests=0), {}, "0 requests are too few to judge by"),
        (Aws(), {"a": "ALARM"}, "alarm a is ringing already: mend its cause first"),
        (Aws(), {}, "alarm a is not there: run site.yml --limit alarms"),
    ],
    ids=["few requests", "no requests", "an alarm rings", "an alarm is missing"],
)
def test_nothing_is_disturbed_where_it_is_not_known_that_all_is_well(aws: Aws, alarms: Any, told: str) -> None:
    aws.alarms = alarms
    record = done(aws, alarms=["a"])
    assert record["outcome"] == "not begun"
    assert told in " ".join(record["problems"])
    assert aws.experiments == {}


def test_what_a_run_that_died_has_left_is_ended_first() -> None:
    aws = Aws(left="running")
    assert done(aws)["outcome"] == "completed"
    assert aws.experiments == {"LEFT": "stopped", NUMBER: "completed"}
