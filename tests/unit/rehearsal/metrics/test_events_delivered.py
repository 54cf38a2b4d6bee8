"""Events reach a topic whose policy and key let EventBridge in without a condition."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.unit.rehearsal.edge.cloud import REGION
from tests.unit.rehearsal.metrics.watched import NUMBERS

ROOT = Path(__file__).parents[4]
CONDITION = {"StringEquals": {"aws:SourceAccount": "123456789012"}}


@cache
def declared():
    """The policies that prod declares, of the topic and of its key."""
    command = [sys.executable, "tools/rendered.py", json.dumps([["prod", {}, ["service"], ["keys", "notifications"]]])]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name, value in {"partition": "aws", "account": "123456789012", "region": REGION}.items():
        told = told.replace(f"${{cloud.current.{name}}}", value)
    hosts = json.loads(told)[0]
    (key,) = [one["properties"] for one in hosts["keys"] if one["properties"].get("Description", "")[:5] == "Notif"]
    (topic,) = [one["properties"] for one in hosts["notifications"] if one["type"] == "sns_topic"]
    return topic["Policy"], key["Policy"]


def with_condition(policy):
    """The policy with a condition on what lets EventBridge in."""
    found = [
        {**one, "Condition": CONDITION} if "events.amazonaws.com" in str(one["Principal"]).split("'") else one
        for one in policy["Statement"]
    ]
    return {**policy, "Statement": found}


@pytest.mark.parametrize(("conditions", "reaches"), [("", True), ("topic", False), ("key", False)])
def test_an_event_reaches_the_topic_that_is_declared(watched, conditions, reaches):
    topic_policy, key_policy = declared()
    key = with_condition(key_policy) if conditions == "key" else key_policy
    made = watched.cloud.client("kms").create_key(Policy=json.dumps(key))["KeyMetadata"]["KeyId"]
    topic, queue = watched.topic(KmsMasterKeyId=made)
    policy = with_condition(topic_policy) if conditions == "topic" else topic_policy
    watched.sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
    events, rule = watched.cloud.client("events"), f"rule-{next(NUMBERS)}"
    events.put_rule(Name=rule, EventPattern=json.dumps({"source": [rule]}))
    events.put_targets(Rule=rule, Targets=[{"Id": "people", "Arn": topic}])
    answer = events.put_events(Entries=[{"Source": rule, "DetailType": "Test", "Detail": '{"number": 1}'}])
    assert answer["FailedEntryCount"] == 0
    found = watched.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    assert [json.loads(json.loads(one["Body"])["Message"])["detail"] for one in found] == [{"number": 1}] * reaches
    watched.minutes(2)
    assert watched.sums("AWS/Events", "Invocations", RuleName=rule) == [1.0]
    assert watched.sums("AWS/Events", "FailedInvocations", RuleName=rule) == [1.0] * (not reaches)
