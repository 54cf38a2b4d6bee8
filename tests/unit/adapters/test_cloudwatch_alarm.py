from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import TAGS, Converge

KEY = "cloudwatch_alarm.errors"
TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"
Client = Callable[[str], Any]


def query(name: str, metric: str) -> dict[str, Any]:
    dimensions = [{"Name": "TargetGroup", "Value": "targetgroup/a/1"}, {"Name": "LoadBalancer", "Value": "app/a/1"}]
    stat = {"Metric": {"Namespace": "AWS/ApplicationELB", "MetricName": metric, "Dimensions": dimensions}}
    return {"Id": name, "MetricStat": {**stat, "Period": 60, "Stat": "Sum"}, "ReturnData": False}


PROPERTIES: dict[str, Any] = {
    "AlarmName": "errors",
    "AlarmDescription": "Too many errors",
    "AlarmActions": [TOPIC],
    "OKActions": [TOPIC],
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "Threshold": 5,
    "TreatMissingData": "notBreaching",
    "Metrics": [
        {"Id": "share", "Expression": "100 * FILL(errors, 0) / requests", "Label": "share", "ReturnData": True},
        query("errors", "HTTPCode_Target_5XX_Count"),
        query("requests", "RequestCount"),
    ],
}
SIMPLE: dict[str, Any] = {
    "AlarmName": "errors",
    "Namespace": "AWS/RDS",
    "MetricName": "CPUUtilization",
    "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "main"}],
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 80.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


def alarm(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "cloudwatch_alarm", "name": "errors", "properties": properties}


@pytest.mark.parametrize("properties", [PROPERTIES, SIMPLE], ids=["maths", "simple"])
def test_lives(converge: Converge, properties: dict[str, Any]) -> None:
    converge.lives([alarm(properties)])


DRIFTS: list[dict[str, Any]] = [
    {"AlarmDescription": "other"},
    {"AlarmActions": []},
    {"OKActions": [TOPIC, f"{TOPIC}-foreign"]},
    {"InsufficientDataActions": [TOPIC]},
    {"ActionsEnabled": False},
    {"ComparisonOperator": "LessThanThreshold"},
    {"EvaluationPeriods": 4},
    {"DatapointsToAlarm": 3},
    {"Threshold": 50.0},
    {"TreatMissingData": "breaching"},
    {"Metrics": [PROPERTIES["Metrics"][0], query("errors", "RequestCount"), query("requests", "RequestCount")]},
]


def put(client: Client, properties: dict[str, Any]) -> None:
    client("cloudwatch").put_metric_alarm(**properties)


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: next(iter(drift)))
def test_mends(converge: Converge, client: Client, drift: dict[str, Any]) -> None:
    converge.mends([alarm(PROPERTIES)], lambda _: put(client, {**PROPERTIES, **drift}), {KEY: set(drift)})


SIMPLE_DRIFTS: list[dict[str, Any]] = [
    {"MetricName": "FreeableMemory"},
    {"Namespace": "AWS/ECS"},
    {"Dimensions": []},
    {"Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "other"}]},
    {"Statistic": "Maximum"},
    {"Period": 300},
    {"Unit": "Percent"},
]


@pytest.mark.parametrize("drift", SIMPLE_DRIFTS, ids=lambda drift: next(iter(drift)))
def test_mends_a_simple_one(converge: Converge, client: Client, drift: dict[str, Any]) -> None:
    converge.mends([alarm(SIMPLE)], lambda _: put(client, {**SIMPLE, **drift}), {KEY: set(drift)})


def test_mends_tags(converge: Converge, client: Client) -> None:
    def drift(run: Any) -> None:
        arn = run.state(KEY)["AlarmArn"]
        client("cloudwatch").tag_resource(ResourceARN=arn, Tags=[{"Key": "foreign", "Value": "x"}])
        client("cloudwatch").untag_resource(ResourceARN=arn, TagKeys=["project"])

    converge.mends([alarm(PROPERTIES)], drift, {KEY: {"Tags"}})


def test_does_not_mind_the_order_of_queries_and_dimensions(converge: Converge, client: Client) -> None:
    converge([alarm(PROPERTIES)])
    turned = [dict(entry) for entry in reversed(PROPERTIES["Metrics"])]
    for entry in turned[:2]:
        metric = entry["MetricStat"]["Metric"]
        metric = {**metric, "Dimensions": list(reversed(metric["Dimensions"]))}
        entry["MetricStat"] = {**entry["MetricStat"], "Metric": metric}
    put(client, {**PROPERTIES, "Metrics": turned})
    assert converge([alarm(PROPERTIES)]).changed == {}


def test_reads_a_thousand_with_few_calls(converge: Converge, client: Client) -> None:
    tags = [{"Key": key, "Value": value} for key, value in TAGS.items()]
    many = [{**alarm({**SIMPLE, "AlarmName": f"a{n}"}), "name": f"a{n}"} for n in range(250)]
    for entry in many:
        client("cloudwatch").put_metric_alarm(**entry["properties"], Tags=tags)
    calls = converge(many).calls
    assert calls["cloudwatch.describe_alarms"] == 3
    assert calls["cloudwatch.put_metric_alarm"] == 0
