"""What an experiment does with an AWS that answers as the test says: begins, stops, and leaves nothing disturbed."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.chaos.evidence import MINUTE, Place
from ansible_collections.slipway.aws.plugins.plugin_utils.chaos.experiment import Experiment, Plan
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
        values = {"requests_0": [self.requests] * len(stamps)} if self.requests else {}
        if self.begun and query["Id"] in self.errors:
            values[query["Id"]] = [self.errors[query["Id"]] if at + MINUTE > self.begun else 0 for at in stamps]
        times = [datetime.fromtimestamp(at, UTC) for at in stamps if query["Id"] in values]
        return {"Id": query["Id"], "Timestamps": times, "Values": values.get(query["Id"], [])}

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


@pytest.mark.parametrize("kind", ["rejected", "errors_1"], ids=["of the load balancer", "of a target"])
def test_errors_are_counted_whoever_answered_with_them(kind: str) -> None:
    aws = Aws()
    aws.errors = {kind: 30}
    record = done(aws)
    assert record["outcome"] == "completed"
    assert record["problems"][0].startswith("availability during: 95 % of")


def test_too_many_errors_stop_it() -> None:
    aws = Aws(lasts=3600)
    aws.errors = {"errors_0": 300}
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
