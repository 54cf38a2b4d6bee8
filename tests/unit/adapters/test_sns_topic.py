from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge

ARN = "arn:aws:sns:us-east-1:123456789012:alerts"
KEY = "sns_topic.alerts"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Alarms",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": ARN,
        }
    ],
}
HOOK = {"Protocol": "https", "Endpoint": "https://hooks.example.com/alerts"}
MAIL = {"Protocol": "email", "Endpoint": "team@example.com"}
TOPIC: dict[str, Any] = {
    "type": "sns_topic",
    "name": "alerts",
    "properties": {
        "Name": "alerts",
        "DisplayName": "Alerts of test",
        "KmsMasterKeyId": "alias/aws/sns",
        "Policy": POLICY,
        "Subscriptions": [MAIL, HOOK],
    },
}


def test_lives(converge: Converge) -> None:
    converge.lives([TOPIC])


DRIFTS = [
    ("DisplayName", "Other"),
    ("KmsMasterKeyId", ""),
    ("Policy", json.dumps({**POLICY, "Statement": []})),
]


@pytest.mark.parametrize(("changed", "value"), DRIFTS)
def test_mends_attributes(converge: Converge, client: Callable[[str], Any], changed: str, value: str) -> None:
    def drift(_run: object) -> None:
        client("sns").set_topic_attributes(TopicArn=ARN, AttributeName=changed, AttributeValue=value)

    converge.mends([TOPIC], drift, {KEY: {changed}})


def test_mends_tags(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(_run: object) -> None:
        client("sns").tag_resource(ResourceArn=ARN, Tags=[{"Key": "foreign", "Value": "x"}])
        client("sns").untag_resource(ResourceArn=ARN, TagKeys=["project"])

    converge.mends([TOPIC], drift, {KEY: {"Tags"}})


def test_mends_subscriptions(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(_run: object) -> None:
        subscriptions = client("sns").list_subscriptions_by_topic(TopicArn=ARN)["Subscriptions"]
        mail = next(item for item in subscriptions if item["Protocol"] == "email")
        client("sns").unsubscribe(SubscriptionArn=mail["SubscriptionArn"])
        client("sns").subscribe(TopicArn=ARN, Protocol="email", Endpoint="stranger@example.com")

    converge.mends([TOPIC], drift, {KEY: {"Subscriptions"}})
    found = client("sns").list_subscriptions_by_topic(TopicArn=ARN)["Subscriptions"]
    assert {item["Endpoint"] for item in found} == {MAIL["Endpoint"], HOOK["Endpoint"]}
