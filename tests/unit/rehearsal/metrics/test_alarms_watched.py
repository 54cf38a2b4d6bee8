import json

import pytest

from tests.unit.rehearsal.control.cloud import refusal
from tests.unit.rehearsal.metrics.watched import NUMBERS, settings


def test_an_alarm_rings_tells_its_topic_and_falls_silent_again(watched):
    topic, queue = watched.topic()
    name = watched.alarm(AlarmActions=[topic], OKActions=[topic], AlarmDescription="Too much")
    assert watched.shown(name)["StateReason"]
    watched.await_state(name, "OK")
    watched.data(name, 9)
    shown = watched.await_state(name, "ALARM")
    assert "[9.0 (" in shown["StateReason"]
    assert "was greater than the threshold (5.0)" in shown["StateReason"]
    assert shown["StateTransitionedTimestamp"] == shown["StateUpdatedTimestamp"]
    assert shown["StateUpdatedTimestamp"].timestamp() == pytest.approx(watched.world.clock.now(), abs=600)
    watched.await_state(name, "OK")
    messages = watched.messages(queue)
    assert [subject for subject, _ in messages] == [
        f'{state}: "{name}" in EU (Frankfurt)' for state in ("OK", "ALARM", "OK")
    ]
    rang = messages[1][1]
    assert (rang["AlarmName"], rang["OldStateValue"], rang["NewStateValue"]) == (name, "OK", "ALARM")
    assert (rang["NewStateReason"], rang["AlarmDescription"]) == (shown["StateReason"], "Too much")
    trigger = {"MetricName": name, "Namespace": "Test", "Statistic": "SUM", "Period": 60, "Threshold": 5.0}
    assert trigger.items() <= rang["Trigger"].items()


def test_the_history_says_so(watched):
    topic, _ = watched.topic()
    name = watched.alarm(AlarmActions=[topic])
    watched.await_state(name, "OK")
    watched.data(name, 9)
    watched.await_state(name, "ALARM")
    assert watched.history(name, "StateUpdate") == [
        "Alarm updated from OK to ALARM",
        "Alarm updated from INSUFFICIENT_DATA to OK",
    ]
    assert watched.history(name, "Action") == [f"Successfully executed action {topic}"]
    assert watched.history(name, "ConfigurationUpdate") == [f'Alarm "{name}" created']
    first = watched.cw.describe_alarm_history(AlarmName=name, ScanBy="TimestampAscending", MaxRecords=1)
    assert [item["HistoryItemType"] for item in first["AlarmHistoryItems"]] == ["ConfigurationUpdate"]
    rest = watched.cw.describe_alarm_history(AlarmName=name, ScanBy="TimestampAscending", NextToken=first["NextToken"])[
        "AlarmHistoryItems"
    ]
    # A minute takes so little here that it may be OK again by now.
    assert [item["HistoryItemType"] for item in rest][:3] == ["StateUpdate", "StateUpdate", "Action"]
    assert json.loads(rest[1]["HistoryData"])["newState"]["stateValue"] == "ALARM"
    assert watched.cw.describe_alarm_history(AlarmTypes=["CompositeAlarm"], AlarmName=name)["AlarmHistoryItems"] == []


def test_an_alarm_with_actions_switched_off_is_silent(watched):
    topic, queue = watched.topic()
    name = watched.alarm(AlarmActions=[topic], ActionsEnabled=False)
    other = watched.alarm(AlarmActions=[topic])
    watched.cw.disable_alarm_actions(AlarmNames=[other])
    for one in (name, other):
        watched.data(one, 9)
        watched.await_state(one, "ALARM")
    assert (watched.messages(queue), watched.history(name, "Action")) == ([], [])
    watched.cw.enable_alarm_actions(AlarmNames=[other])
    watched.cw.set_alarm_state(AlarmName=other, StateValue="OK", StateReason="again")
    watched.data(other, 9)
    watched.await_state(other, "ALARM")
    assert watched.messages(queue)


@pytest.mark.parametrize("broken", ["gone", "closed", "aws_key"])
def test_a_topic_that_cannot_be_published_to(watched, broken):
    topic, queue = watched.topic(**({"KmsMasterKeyId": "alias/aws/sns"} if broken == "aws_key" else {}))
    name = watched.alarm(AlarmActions=[topic])
    if broken == "gone":
        watched.sns.delete_topic(TopicArn=topic)
    if broken == "closed":
        only = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [only]})
        watched.sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    watched.cw.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    assert watched.history(name, "Action") == [f"Failed to execute action {topic}"]
    assert watched.messages(queue) == []


def test_a_state_that_is_set_holds_until_the_next_evaluation(watched):
    topic, queue = watched.topic()
    name = watched.alarm(AlarmActions=[topic])
    watched.await_state(name, "OK")
    watched.cw.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    watched.await_state(name, "OK")
    assert [message["NewStateReason"] for _, message in watched.messages(queue)] == ["a test"]
    assert refusal(watched.cw.set_alarm_state, AlarmName="none", StateValue="OK", StateReason="x") == "ResourceNotFound"


def test_a_new_alarm_knows_nothing_and_a_changed_one_keeps_its_state(watched):
    name = watched.alarm(TreatMissingData="missing", Period=300)
    assert watched.shown(name)["StateValue"] == "INSUFFICIENT_DATA"
    watched.data(name, 9)
    watched.await_state(name, "ALARM")
    watched.cw.put_metric_alarm(**{**settings(name), "Period": 300, "TreatMissingData": "ignore", "Threshold": 6})
    assert (watched.shown(name)["StateValue"], watched.shown(name)["Threshold"]) == ("ALARM", 6)
    watched.minutes(30)
    assert watched.shown(name)["StateValue"] == "ALARM"


def test_an_alarm_over_an_expression(watched):
    errors, requests = f"errors-{next(NUMBERS)}", f"requests-{next(NUMBERS)}"
    queries = [{"Id": "share", "Expression": "IF(requests >= 10, 100 * FILL(errors, 0) / requests, 0)"}]
    for key, metric in (("errors", errors), ("requests", requests)):
        stat = {"Metric": {"Namespace": "Test", "MetricName": metric}, "Period": 60, "Stat": "Sum"}
        queries.append({"Id": key, "MetricStat": stat, "ReturnData": False})
    name = f"share-{next(NUMBERS)}"
    common = {key: value for key, value in settings(name).items() if key not in {"Statistic", "Period", "Namespace"}}
    del common["MetricName"]
    watched.cw.put_metric_alarm(**common, Metrics=queries)
    watched.await_state(name, "OK")
    watched.together({requests: 9, errors: 9})
    watched.minutes(4)
    assert watched.history(name, "StateUpdate") == ["Alarm updated from INSUFFICIENT_DATA to OK"]
    watched.together({requests: 100, errors: 9})
    assert "[9.0 (" in watched.await_state(name, "ALARM")["StateReason"]


@pytest.mark.parametrize("low", ["evaluate", "ignore"])
def test_a_percentile_of_few_samples(watched, low):
    more = {"ExtendedStatistic": "p99", "EvaluateLowSampleCountPercentile": low, "TreatMissingData": "missing"}
    name = f"few-{next(NUMBERS)}"
    put = {key: value for key, value in settings(name).items() if key != "Statistic"}
    watched.cw.put_metric_alarm(**{**put, **more})
    watched.data(name, 9)
    if low == "evaluate":
        watched.await_state(name, "ALARM")
    else:
        watched.minutes(3)
        assert watched.history(name, "StateUpdate") == []
        watched.data(name, 9, Counts=[1000])
        watched.await_state(name, "ALARM")


def test_descriptions_are_filtered_and_come_in_parts(watched):
    names = [watched.alarm(AlarmName=f"paged-{number}") and f"paged-{number}" for number in range(3)]
    pages = watched.cw.get_paginator("describe_alarms").paginate(AlarmNamePrefix="paged-", MaxRecords=2)
    sizes = [[alarm["AlarmName"] for alarm in page["MetricAlarms"]] for page in pages]
    assert sizes == [names[:2], names[2:]]
    watched.cw.set_alarm_state(AlarmName="paged-1", StateValue="ALARM", StateReason="x")
    found = watched.cw.describe_alarms(AlarmNamePrefix="paged-", StateValue="ALARM")["MetricAlarms"]
    assert [alarm["AlarmName"] for alarm in found] in (["paged-1"], [])
    assert refusal(watched.cw.describe_alarms, AlarmNames=["a"], AlarmNamePrefix="b") == "ValidationError"
    on = watched.cw.describe_alarms_for_metric(Namespace="Test", MetricName="alarm-none")["MetricAlarms"]
    assert on == []


def test_tags_go_with_their_alarm(watched):
    name = watched.alarm(Tags=[{"Key": "a", "Value": "b"}])
    arn = watched.shown(name)["AlarmArn"]
    tags = watched.cw.list_tags_for_resource
    assert tags(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    watched.cw.delete_alarms(AlarmNames=[name])
    assert refusal(tags, ResourceARN=arn) == "ResourceNotFoundException"
    watched.cw.put_metric_alarm(**settings(name))
    assert tags(ResourceARN=arn)["Tags"] == []
    assert watched.history(name, "ConfigurationUpdate") == [
        f'Alarm "{name}" {what}' for what in ("created", "deleted", "created")
    ]


WRONG = [
    ({"ExtendedStatistic": "p90"}, "InvalidParameterCombination"),
    ({"Statistic": None}, "InvalidParameterCombination"),
    ({"Statistic": None, "ExtendedStatistic": "p101"}, "InvalidParameterValue"),
    ({"Period": 45}, "InvalidParameterValue"),
    ({"Period": 5}, "InvalidParameterValue"),
    ({"Period": None}, "MissingParameter"),
    ({"ComparisonOperator": None}, "MissingParameter"),
    ({"Threshold": None}, "MissingParameter"),
    ({"EvaluationPeriods": None}, "MissingParameter"),
    ({"DatapointsToAlarm": 2}, "ValidationError"),
    ({"EvaluationPeriods": 1441}, "ValidationError"),
    ({"TreatMissingData": "no"}, "ValidationError"),
    ({"EvaluateLowSampleCountPercentile": "ignore"}, "ValidationError"),
    ({"AlarmActions": ["topic"]}, "ValidationError"),
    ({"AlarmActions": ["arn:aws:sns:us-west-1:123456789012:t"]}, "ValidationError"),
    ({"Metrics": [{"Id": "a", "Expression": "1"}]}, "InvalidParameterCombination"),
]


@pytest.mark.parametrize(("changes", "code"), WRONG)
def test_what_is_refused(watched, changes, code):
    put = {name: value for name, value in {**settings("refused"), **changes}.items() if value is not None}
    assert refusal(watched.cw.put_metric_alarm, **put) == code


STAT = {"Metric": {"Namespace": "Test", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
WRONG_QUERIES = [
    [{"Id": "A", "MetricStat": STAT}],
    [{"Id": "a", "MetricStat": STAT}, {"Id": "a", "Expression": "1"}],
    [{"Id": "a", "MetricStat": STAT}, {"Id": "b", "Expression": "a"}],
    [{"Id": "a", "MetricStat": STAT, "ReturnData": False}],
    [{"Id": "a", "Expression": "b * 2"}],
    [{"Id": "a", "Expression": "b *"}, {"Id": "b", "MetricStat": STAT, "ReturnData": False}],
    [{"Id": "a", "MetricStat": STAT, "Expression": "1"}],
    [{"Id": "a", "MetricStat": {**STAT, "Stat": "p5000"}}],
    [{"Id": "a", "MetricStat": {**STAT, "Period": 61}}],
]


@pytest.mark.parametrize("queries", WRONG_QUERIES)
def test_which_queries_are_refused(watched, queries):
    names = {"AlarmName", "Threshold", "ComparisonOperator", "EvaluationPeriods"}
    put = {name: value for name, value in settings("refused").items() if name in names}
    assert refusal(watched.cw.put_metric_alarm, **put, Metrics=queries) in {"ValidationError", "InvalidParameterValue"}
