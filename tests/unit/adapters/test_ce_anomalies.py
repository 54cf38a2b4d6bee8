"""Monitors of unusual costs and who is told of them, in the local cloud: moto knows neither."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.adapters.converging import TAGS, Converge, Run
from tests.unit.docs.rendered import ROOT

MONITOR, SUBSCRIPTION = "ce_anomaly_monitor.main", "ce_anomaly_subscription.main"
SERVICES = {"MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
Client = Callable[[str], Any]


def monitor(key: str = "environment") -> dict[str, Any]:
    specification = {"Tags": {"Key": key, "Values": ["test"]}}
    own = {"MonitorName": "slipway-test", "MonitorType": "CUSTOM", "MonitorSpecification": specification}
    return {"type": "ce_anomaly_monitor", "name": "main", "properties": {"AnomalyMonitor": own}}


def of_services(name: str = "slipway-services") -> dict[str, Any]:
    own = {"MonitorName": name, **SERVICES}
    return {"type": "ce_anomaly_monitor", "name": "main", "properties": {"AnomalyMonitor": own}}


def subscription(topic: str, dollars: str = "50", name: str = "slipway-test") -> dict[str, Any]:
    threshold = {"Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "Values": [dollars], "MatchOptions": ["GREATER_THAN_OR_EQUAL"]}
    own = {
        "SubscriptionName": name,
        "MonitorArnList": ["${ce_anomaly_monitor.main.MonitorArn}"],
        "Subscribers": [{"Type": "SNS", "Address": topic}],
        "Frequency": "IMMEDIATE",
        "ThresholdExpression": {"Dimensions": threshold},
    }
    return {"type": "ce_anomaly_subscription", "name": "main", "properties": {"AnomalySubscription": own}}


@pytest.fixture(autouse=True)
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def topic(client: Client) -> str:
    """Return a topic to which costs may be told."""
    told = {"Effect": "Allow", "Principal": {"Service": "costalerts.amazonaws.com"}, "Action": "sns:Publish"}
    arn = client("sns").create_topic(Name="costs")["TopicArn"]
    policy = {"Version": "2012-10-17", "Statement": [{**told, "Resource": arn}]}
    client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(policy))
    return str(arn)


@pytest.fixture(autouse=True)
def empty(client: Client) -> None:
    """Begin each test without any: the local cloud is that of all tests."""
    costs = client("ce")
    for one in costs.get_anomaly_subscriptions()["AnomalySubscriptions"]:
        costs.delete_anomaly_subscription(SubscriptionArn=one["SubscriptionArn"])
    for one in costs.get_anomaly_monitors()["AnomalyMonitors"]:
        costs.delete_anomaly_monitor(MonitorArn=one["MonitorArn"])


def test_lives(converge: Converge, topic: str) -> None:
    converge.lives([monitor(), subscription(topic)])
    converge([monitor(), subscription(topic)], absent=True)


def test_mends_the_threshold(converge: Converge, topic: str) -> None:
    def drift(run: Run) -> None:
        del run
        converge([monitor(), subscription(topic, "999")])

    converge.mends([monitor(), subscription(topic)], drift, {SUBSCRIPTION: {"AnomalySubscription"}})


def test_mends_the_tags(converge: Converge, client: Client, topic: str) -> None:
    def drift(run: Run) -> None:
        arns = (run.state(MONITOR)["MonitorArn"], run.state(SUBSCRIPTION)["SubscriptionArn"])
        for arn in arns:
            client("ce").untag_resource(ResourceArn=arn, ResourceTagKeys=["project"])

    wanted = [monitor(), subscription(topic)]
    converge.mends(wanted, drift, {MONITOR: {"Tags"}, SUBSCRIPTION: {"Tags"}})


def test_a_monitor_is_not_made_to_watch_others(converge: Converge) -> None:
    converge([monitor()])
    (text,) = converge([monitor("owner")], fails=True).failures
    assert "AnomalyMonitor" in text


def test_the_services_monitor_is_told_to_all_and_stays(converge: Converge, client: Client, topic: str) -> None:
    wanted = [of_services(), subscription(topic)]
    assert set(converge(wanted).changed) == {MONITOR, SUBSCRIPTION}
    assert not converge(wanted).changed
    assert set(converge(wanted, absent=True).changed) == {SUBSCRIPTION}
    (left,) = client("ce").get_anomaly_monitors()["AnomalyMonitors"]
    assert left["MonitorName"] == "slipway-services"
    assert set(converge(wanted).changed) == {SUBSCRIPTION}


def test_a_services_monitor_of_others_is_used_as_it_is(converge: Converge, client: Client, topic: str) -> None:
    theirs = client("ce").create_anomaly_monitor(AnomalyMonitor={"MonitorName": "Default-Services-Monitor", **SERVICES})
    wanted = [of_services(), subscription(topic)]
    run = converge(wanted)
    assert set(run.changed) == {SUBSCRIPTION}
    assert run.state(SUBSCRIPTION)["AnomalySubscription"]["MonitorArnList"] == [theirs["MonitorArn"]]
    assert not converge(wanted).changed
    converge(wanted, absent=True)
    (left,) = client("ce").get_anomaly_monitors()["AnomalyMonitors"]
    assert left["MonitorName"] == "Default-Services-Monitor"
    assert client("ce").list_tags_for_resource(ResourceArn=left["MonitorArn"])["ResourceTags"] == []


def test_the_two_kinds_of_monitors_are_told_apart(converge: Converge, client: Client) -> None:
    converge([of_services("slipway-test")])
    assert set(converge([monitor()]).changed) == {MONITOR}
    assert len(client("ce").get_anomaly_monitors()["AnomalyMonitors"]) == 2


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"Frequency": "DAILY"}, "type EMAIL"),
        ({"Threshold": 5.0}, "one of Threshold"),
        ({"Subscribers": [{"Type": "SNS", "Address": "arn:aws:sns:us-east-1:123456789012:other"}]}, "cannot publish"),
        ({"Subscribers": []}, "type SNS"),
    ],
)
def test_a_subscription_that_tells_nobody_is_refused(
    converge: Converge, client: Client, topic: str, change: dict[str, Any], text: str
) -> None:
    arn = converge([monitor()]).state(MONITOR)["MonitorArn"]
    given = subscription(topic)["properties"]["AnomalySubscription"] | {"MonitorArnList": [arn]} | change
    with pytest.raises(ClientError, match=text):
        client("ce").create_anomaly_subscription(AnomalySubscription=given)


def test_a_second_monitor_by_service_is_refused(client: Client) -> None:
    client("ce").create_anomaly_monitor(AnomalyMonitor={"MonitorName": "one", **SERVICES})
    with pytest.raises(ClientError, match="Limit exceeded on dimensional spend monitor creation"):
        client("ce").create_anomaly_monitor(AnomalyMonitor={"MonitorName": "two", **SERVICES})


def test_tags_are_those_of_the_environment(converge: Converge, client: Client) -> None:
    arn = converge([monitor()]).state(MONITOR)["MonitorArn"]
    told = client("ce").list_tags_for_resource(ResourceArn=arn)["ResourceTags"]
    assert {one["Key"]: one["Value"] for one in told} == TAGS


def role(topic: str, **variables: object) -> list[dict[str, Any]]:
    """Return what the role budget declares for prod, told through ``topic``."""
    command = [sys.executable, "tests/unit/adapters/evaluate_role.py", "prod", "budget", json.dumps(variables)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found: list[dict[str, Any]] = json.loads(told.replace("${output.notifications.topic_arn}", topic))
    return found


def test_the_role_goes_from_one_monitor_to_the_other_and_to_none(
    converge: Converge, client: Client, topic: str
) -> None:
    own = role(topic, budget_anomaly_monitor="environment")
    assert set(converge(own).changed) == {"budgets_budget.main", "ce_anomaly_monitor.environment", SUBSCRIPTION}
    services = role(topic)
    assert converge(services).actions["ce_anomaly_monitor.environment"] == "deleted"
    assert not converge(services).changed
    (told,) = client("ce").get_anomaly_subscriptions()["AnomalySubscriptions"]
    assert told["ThresholdExpression"]["Dimensions"]["Values"] == ["50"]
    assert converge(role(topic, budget_anomaly_threshold=0)).actions[SUBSCRIPTION] == "deleted"
    converge(services, absent=True)
