import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.rehearsal.control.cloud import refusal
from tests.unit.rehearsal.metrics.watched import NUMBERS


@pytest.fixture
def metric():
    return f"metric-{next(NUMBERS)}"


def test_data_are_put_in_three_forms_and_read_by_statistic(watched, metric):
    at = datetime.fromtimestamp(watched.world.clock.now(), UTC) - timedelta(minutes=30)
    watched.data(metric, *range(1, 11), Timestamp=at, Unit="Seconds")
    watched.data(metric, 100, Counts=[10], Timestamp=at, Unit="Seconds")
    watched.cw.put_metric_data(
        Namespace="Test", MetricData=[{"MetricName": metric, "Value": 1, "Timestamp": at, "Unit": "Seconds"}]
    )
    values = {stat: watched.sums("Test", metric, stat) for stat in ("SampleCount", "Sum", "Minimum", "Maximum")}
    assert values == {"SampleCount": [21], "Sum": [1056], "Minimum": [1], "Maximum": [100]}
    assert watched.sums("Test", metric, "p90") == [100]
    assert watched.sums("Test", metric, "p50") == pytest.approx([10], rel=0.01)
    assert watched.sums("Test", metric, "PR(:10)") == pytest.approx([100 * 11 / 21], rel=0.001)
    got = watched.cw.get_metric_statistics(
        Namespace="Test",
        MetricName=metric,
        StartTime=at - timedelta(minutes=5),
        EndTime=at + timedelta(minutes=5),
        Period=60,
        ExtendedStatistics=["p90"],
        Unit="Seconds",
    )["Datapoints"]
    assert [(one["ExtendedStatistics"], one["Unit"]) for one in got] == [({"p90": 100}, "Seconds")]
    assert got[0]["Timestamp"] == at.replace(second=0, microsecond=0)


def test_percentiles_of_a_statistic_set_are_not_known(watched, metric):
    known = {"SampleCount": 10, "Sum": 50, "Minimum": 1, "Maximum": 9}
    watched.cw.put_metric_data(Namespace="Test", MetricData=[{"MetricName": metric, "StatisticValues": known}])
    assert (watched.sums("Test", metric, "Average"), watched.sums("Test", metric, "p50")) == ([5], [])


def fetch(watched, queries, **more):
    now = watched.world.clock.now()
    return watched.cw.get_metric_data(MetricDataQueries=queries, **{"StartTime": now - 3600, "EndTime": now, **more})


def query(metric, key="m", **more):
    stat = {"Metric": {"Namespace": "Test", "MetricName": metric}, "Period": 60, "Stat": "Sum", **more}
    return {"Id": key, "MetricStat": stat}


def test_metric_data_come_in_parts_and_with_maths(watched, metric):
    now = datetime.fromtimestamp(watched.world.clock.now(), UTC).replace(second=0)
    for minute in range(5):
        watched.data(metric, minute, Timestamp=now - timedelta(minutes=30 - minute))
    queries = [query(metric), {"Id": "twice", "Expression": "m * 2", "Label": "Twice"}]
    first = fetch(watched, queries, MaxDatapoints=7)
    rest = fetch(watched, queries, MaxDatapoints=7, NextToken=first["NextToken"])
    parts = [
        [(one["Id"], one["Values"], one["StatusCode"]) for one in part["MetricDataResults"]] for part in (first, rest)
    ]
    assert parts == [
        [("m", [4, 3, 2, 1, 0], "Complete"), ("twice", [8, 6], "PartialData")],
        [("m", [], "Complete"), ("twice", [4, 2, 0], "Complete")],
    ]
    assert "NextToken" not in rest
    assert [one["Label"] for one in rest["MetricDataResults"]] == [metric, "Twice"]
    assert refusal(fetch, watched=watched, queries=queries, NextToken="x") == "InvalidNextToken"


def test_metrics_are_listed(watched, metric):
    pairs = [{"Name": "A", "Value": "1"}, {"Name": "B", "Value": "2"}]
    watched.data(metric, 1, Dimensions=pairs)
    watched.data(metric, 1)
    found = watched.cw.list_metrics(Namespace="Test", MetricName=metric)["Metrics"]
    assert found == [
        {"Namespace": "Test", "MetricName": metric, "Dimensions": []},
        {"Namespace": "Test", "MetricName": metric, "Dimensions": pairs},
    ]
    assert watched.cw.list_metrics(MetricName=metric, Dimensions=[{"Name": "B"}])["Metrics"] == found[1:]
    assert watched.cw.list_metrics(MetricName=metric, Dimensions=[{"Name": "B", "Value": "3"}])["Metrics"] == []


def test_metrics_in_log_events(watched, metric):
    logs, group = watched.cloud.client("logs"), f"group-{metric}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    at = int(watched.world.clock.now() * 1000)
    directive = {"Namespace": "Test", "Dimensions": [["Service"], []], "Metrics": [{"Name": metric, "Unit": "Count"}]}
    document = {"_aws": {"Timestamp": at, "CloudWatchMetrics": [directive]}, "Service": "web", metric: [1, 2]}
    wrong = json.dumps({**document, metric: [float("inf")]})
    messages = [json.dumps(document), "plain", '{"_aws": 1}', wrong]
    real = int(datetime.now(UTC).timestamp() * 1000)
    events = [{"timestamp": real, "message": message} for message in messages]
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)
    assert watched.sums("Test", metric, Service="web") == [3]
    assert watched.sums("Test", metric) == [3]


LATER = {"Timestamp": datetime(2199, 1, 1, tzinfo=UTC)}
WRONG = [
    ({"Namespace": "AWS/ECS"}, {"Value": 1}, "InvalidParameterValue"),
    ({}, {}, "MissingParameter"),
    ({}, {"Value": 1, "Values": [1]}, "InvalidParameterCombination"),
    ({}, {"Values": [1], "Counts": [1, 2]}, "InvalidParameterValue"),
    ({}, {"Values": [1.0] * 151}, "InvalidParameterValue"),
    ({}, {"Value": float("nan")}, "InvalidParameterValue"),
    ({}, {"Value": 1, **LATER}, "InvalidParameterValue"),
    ({}, {"Value": 1, "StorageResolution": 5}, "InvalidParameterValue"),
    ({}, {"Value": 1, "Dimensions": [{"Name": "a", "Value": "b"}] * 2}, "InvalidParameterValue"),
    ({"MetricData": []}, {}, "MissingParameter"),
]


@pytest.mark.parametrize(("whole", "datum", "code"), WRONG)
def test_which_data_are_refused(watched, metric, whole, datum, code):
    good = {"MetricName": metric, "Value": 1}
    put = {"Namespace": "Test", "MetricData": [good, {"MetricName": metric, **datum}], **whole}
    assert refusal(watched.cw.put_metric_data, **put) == code
    assert watched.cw.list_metrics(MetricName=metric)["Metrics"] == []


WRONG_STRETCHES = [
    ({"Statistics": ["Sum"], "back": -60}, "ValidationError"),
    ({"Statistics": ["Sum"], "Period": 90}, "InvalidParameterValue"),
    ({"Statistics": ["Sum"], "Period": 10, "back": 4 * 3600}, "InvalidParameterValue"),
    ({"Statistics": ["Sum"], "back": 1441 * 60}, "InvalidParameterCombination"),
    ({"Statistics": ["Sum"], "back": 16 * 24 * 3600, "length": 3600}, "InvalidParameterValue"),
    ({"Statistics": ["Some"]}, "InvalidParameterValue"),
    ({"ExtendedStatistics": ["p101"]}, "InvalidParameterValue"),
    ({"ExtendedStatistics": ["p9"], "Statistics": ["Sum"]}, "InvalidParameterCombination"),
    ({}, "InvalidParameterCombination"),
]


@pytest.mark.parametrize(("changes", "code"), WRONG_STRETCHES)
def test_which_statistics_are_refused(watched, changes, code):
    changes = dict(changes)
    start = watched.world.clock.now() - changes.pop("back", 600)
    end = start + changes.pop("length") if "length" in changes else watched.world.clock.now()
    asked = {"Namespace": "Test", "MetricName": "m", "Period": 60, "StartTime": start, "EndTime": end, **changes}
    assert refusal(watched.cw.get_metric_statistics, **asked) == code


WRONG_QUERIES = [
    ([], {}),
    ([query("m", "M")], {}),
    ([query("m", Stat="Some")], {}),
    ([query("m", Period=7)], {}),
    ([{**query("m"), "ReturnData": False}], {}),
    ([query("m")], {"MaxDatapoints": 0}),
    ([query("m")], {"EndTime": 0}),
    ([{"Id": "e", "Expression": "SELECT 1"}], {}),
]


@pytest.mark.parametrize(("queries", "more"), WRONG_QUERIES)
def test_which_queries_for_data_are_refused(watched, queries, more):
    code = refusal(fetch, watched=watched, queries=queries, **more)
    assert code in {"InvalidParameterValue", "ValidationError"}
