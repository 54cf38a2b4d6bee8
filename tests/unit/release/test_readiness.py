"""What is looked at before a release: alarms, target groups, stickiness, deployments, migrations."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.release.alarm_check import check_alarms, earliest, states
from ansible_collections.slipway.aws.plugins.plugin_utils.release.migration import (
    check_floor,
    check_migration,
    floor_after,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.release.topology_check import (
    check_deployment,
    check_groups,
    check_stickiness,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from tests.unit.release.specs import COLOURS, a_spec

Alarm = dict[str, Any]


def alarm(colour: str, **other: Any) -> Alarm:
    """Return a description of an alarm of a target group as it should be."""
    dimensions = [{"Name": "TargetGroup", "Value": COLOURS[colour]["metric"]}]
    metric = {"MetricStat": {"Metric": {"Dimensions": dimensions}, "Period": 60}}
    good = {"StateValue": "OK", "TreatMissingData": "notBreaching", "EvaluationPeriods": 3, "Metrics": [metric]}
    return {"AlarmName": f"{colour}-errors", **good, **other}


BOTH = [alarm("blue"), alarm("green")]
SPEC = a_spec(alarms=["blue-errors", "green-errors"])


def stops(alarms: list[Alarm]) -> list[str]:
    return [finding.text for finding in check_alarms(SPEC, alarms) if finding.stops]


def notes(alarms: list[Alarm]) -> list[str]:
    return [finding.text for finding in check_alarms(SPEC, alarms) if not finding.stops]


class Metrics:
    """CloudWatch with values for some target groups; an hour is asked for."""

    def __init__(self, *known: str) -> None:
        self.known = known

    @staticmethod
    def time() -> float:
        return 7200.0

    def pages(self, _service: str, _operation: str, _key: str, **asked: Any) -> list[dict[str, Any]]:
        assert asked["StartTime"].timestamp() == 3600
        return [self._result(query, asked["EndTime"]) for query in asked["MetricDataQueries"]]

    def _result(self, query: dict[str, Any], at: Any) -> dict[str, Any]:
        seen = query["MetricStat"]["Metric"]["Dimensions"][0]["Value"] in self.known
        return {"Id": query["Id"], "Timestamps": [at] * seen, "Values": [0.0] * seen}


def test_alarms_stand_by_their_state_and_by_what_their_metrics_had() -> None:
    green = alarm("green", StateValue="INSUFFICIENT_DATA")
    cloud: Any = Metrics("targetgroup/blue/1")
    assert states(cloud, [alarm("blue"), green]) == {
        "blue-errors": "OK, has data in the last hour",
        "green-errors": "INSUFFICIENT_DATA, had no data in the last hour",
    }


def test_an_alarm_on_one_metric_is_asked_by_that() -> None:
    plain = {"MetricName": "Errors", "Namespace": "N", "Dimensions": [{"Name": "Q", "Value": "q"}], "Period": 60}
    one = {"AlarmName": "plain", "StateValue": "OK", "Statistic": "Sum", **plain}
    cloud: Any = Metrics("q")
    assert states(cloud, [one]) == {"plain": "OK, has data in the last hour"}


def test_alarms_as_they_should_be() -> None:
    assert check_alarms(SPEC, BOTH) == []


@pytest.mark.parametrize(
    ("alarms", "text"),
    [
        ([alarm("blue"), alarm("green", StateValue="ALARM")], "green-errors is ringing already"),
        ([alarm("blue")], "green-errors is not there"),
        ([alarm("blue"), alarm("blue", AlarmName="green-errors")], "targetgroup/green/1 (green)"),
        ([alarm("blue"), alarm("green", Metrics=[])], "targetgroup/green/1 (green)"),
    ],
    ids=["rings", "missing", "one side", "whole balancer"],
)
def test_alarms_that_would_not_save_anybody_stop_a_release(alarms: list[Alarm], text: str) -> None:
    assert any(text in told for told in stops(alarms)), stops(alarms)


@pytest.mark.parametrize(
    ("other", "text"),
    [
        ({"TreatMissingData": "missing"}, "does not say what missing data means"),
        ({"TreatMissingData": "missing", "StateValue": "INSUFFICIENT_DATA"}, "has no data"),
        ({"EvaluationPeriods": 5}, "rings after 360 s at the earliest, a step bakes 300 s"),
    ],
    ids=["missing data", "no data", "too late"],
)
def test_alarms_that_are_weaker_than_they_look_are_told(other: dict[str, Any], text: str) -> None:
    told = notes([alarm("blue"), alarm("green", **other)])
    assert any(text in one for one in told), told


def test_a_release_without_alarms_is_told_of() -> None:
    assert ["no alarm" in one.text for one in check_alarms(a_spec(), [])] == [True]


def test_the_earliest_ring_counts_datapoints_and_the_delay_of_metrics() -> None:
    assert earliest(alarm("blue")) == 240
    assert earliest({"Period": 300, "EvaluationPeriods": 3, "DatapointsToAlarm": 1}) == 360


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({"stickiness.enabled": "true", "stickiness.lb_cookie.duration_seconds": "60"}, "for 60 s"),
        ({"slow_start.duration_seconds": "30"}, "slow start of blue"),
        ({"deregistration_delay.timeout_seconds": "0"}, "raise service_deregistration_delay"),
    ],
)
def test_target_groups(attributes: dict[str, str], text: str) -> None:
    assert text in check_groups(SPEC, {"blue": attributes})[0].text
    assert check_groups(SPEC, {"blue": {"deregistration_delay.timeout_seconds": "30"}}) == []


@pytest.mark.parametrize(("seconds", "count", "stopped"), [(0, 0, False), (300, 1, False), (301, 1, True)])
def test_sessions_that_stick_longer_than_a_step_stop_a_release(seconds: int, count: int, stopped: bool) -> None:
    found = check_stickiness(SPEC, seconds)
    assert len(found) == count
    assert any(one.stops for one in found) == stopped


def test_deployments_that_may_drop_capacity() -> None:
    assert check_deployment(SPEC.blue, {"deploymentConfiguration": {"minimumHealthyPercent": 100}}) == []
    assert "50 %" in check_deployment(SPEC.blue, {"deploymentConfiguration": {"minimumHealthyPercent": 50}})[0].text


HISTORY = [
    {"number": number, "status": status, "to": {"image_tag": tag}}
    for number, status, tag in (
        (2, "succeeded", "1.1.0"),
        (3, "rolled back", "1.2.0"),
        (4, "succeeded", "1.2.0"),
        (5, "succeeded", "1.3.0"),
    )
]


@pytest.mark.parametrize(
    ("needs", "stable", "refused"),
    [
        ("1.2.0", {"image_tag": "1.3.0", "number": 5}, False),
        ("1.3.0", {"image_tag": "1.3.0", "number": 5}, False),
        ("1.4.0", {"image_tag": "1.3.0", "number": 5}, True),
        ("1.3.0", {"image_tag": "1.2.0", "number": 6}, True),
        ("1.2.0", {"image_tag": "1.2.0", "number": 6}, False),
        ("1.2.0", {"image_tag": "1.1.0", "number": 2}, True),
        ("", {"image_tag": "1.3.0", "number": 5}, True),
    ],
    ids=["older", "the same", "never released", "went back past it", "went back to it", "before it", "not said"],
)
def test_a_contraction_is_refused_while_the_way_back_needs_the_old_shape(
    needs: str, stable: dict[str, Any], refused: bool
) -> None:
    found = check_migration(a_spec(migration="contract", contract_from=needs), stable, HISTORY)
    assert [one.stops for one in found] == [True] * refused


@pytest.mark.parametrize("kind", ["", "expand", "backfill"])
def test_other_migrations_are_free(kind: str) -> None:
    assert check_migration(a_spec(migration=kind), {"image_tag": "1.0.0", "number": 1}, []) == []


def test_a_contraction_sets_the_floor_of_later_rollbacks() -> None:
    record = {"image_tag": "1.3.0", "number": 5}
    assert floor_after("contract", "1.2.0", record, HISTORY) == 4
    assert floor_after("expand", "", {**record, "floor": 4}, HISTORY) == 4
    assert "oldest" in check_floor({"floor": 4}, {"image_tag": "1.1.0"}, HISTORY)
    assert check_floor({"floor": 4}, {"image_tag": "1.2.0"}, HISTORY) == ""
    assert check_floor({}, {"image_tag": "1.0.0"}, []) == ""


def test_gates_that_there_are_not_are_refused() -> None:
    assert a_spec(gates=["50", "promotion"]).gates == ["50", "promotion"]
    with pytest.raises(ConvergeError, match="release_gates has '60'; allowed are 10, 50, 100, promotion"):
        a_spec(gates=["60"])
