"""Ordered faults hit the calls they are meant for."""

import subprocess
import time

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.parsers import ResponseParserError
from botocore.retries.standard import ExponentialBackoff

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.whole_answers import BrokenAnswerError
from rehearsal.faults import Fault
from rehearsal.world import CREDENTIALS
from tests.unit.rehearsal.control.cloud import RAW, REGION, name, refusal


@pytest.fixture(autouse=True)
def _clear(cloud):
    cloud.world.faults.clear()
    yield
    cloud.world.faults.clear()


def order(cloud, kind, **more):
    cloud.world.faults.add(Fault(kind, **more))


def create(cloud):
    return cloud.sns.create_topic(Name=name("topic"))


def test_throttles_one_operation(cloud):
    order(cloud, "throttle", service="sns", operation="CreateTopic")
    assert refusal(cloud.sns.create_topic, Name="one") == "ThrottlingException"
    assert cloud.sns.list_topics()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_throttles_a_share(cloud):
    order(cloud, "throttle", service="sns", rate=0.5)
    refused = 0
    for _ in range(60):
        try:
            cloud.sns.list_topics()
        except ClientError:
            refused += 1
    assert 10 < refused < 50


def test_answers_with_an_error(cloud):
    order(cloud, "error", service="sns", code="InternalError")
    assert refusal(cloud.sns.list_topics) == "InternalError"


def test_hits_the_tasks_of_a_role_alone(cloud):
    cloud.world.kept(CREDENTIALS)["ASIAONE"] = "arn:aws:iam::123456789012:role/slipway-one-web-task"
    cloud.world.kept(CREDENTIALS)["ASIATWO"] = "arn:aws:iam::123456789012:role/slipway-two-web-task"
    order(cloud, "error", service="sns", code="InternalError", caller="slipway-one-web-task")
    one, two = (
        boto3.session.Session(key, "s", region_name=REGION).client("sns", endpoint_url=cloud.world.endpoint, config=RAW)
        for key in ("ASIAONE", "ASIATWO")
    )
    assert refusal(one.list_topics) == "InternalError"
    assert [client.list_topics()["ResponseMetadata"]["HTTPStatusCode"] for client in (two, cloud.sns)] == [200, 200]


def test_answers_late(cloud):
    order(cloud, "latency", service="sns", milliseconds=300)
    begun = time.monotonic()
    cloud.sns.list_topics()
    assert time.monotonic() - begun >= 0.3


def test_counts_calls_by_operation_and_those_that_write(cloud):
    create(cloud)
    cloud.sns.list_topics()
    found = cloud.world.faults.as_dict()
    assert found["calls"] == {"sns.CreateTopic": 1, "sns.ListTopics": 1}
    assert found["writes"] == 1


@pytest.mark.parametrize("group", [False, True])
def test_kills_after_the_nth_write(cloud, group):
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as victim:
        order(cloud, "kill-after-write", writes=2, pid=victim.pid, group=group)
        create(cloud)
        cloud.sns.list_topics()
        assert victim.poll() is None
        create(cloud)
        assert victim.wait(5) == -9


def test_kills_after_the_nth_write_of_a_kind(cloud):
    with subprocess.Popen(["sleep", "60"]) as victim:
        order(cloud, "kill-after-write", writes=1, pid=victim.pid, service="sns", operation="DeleteTopic")
        arn = create(cloud)["TopicArn"]
        assert victim.poll() is None
        cloud.sns.delete_topic(TopicArn=arn)
        assert victim.wait(5) == -9


def test_kills_before_the_answer(cloud):
    with subprocess.Popen(["sleep", "60"]) as victim:
        order(cloud, "kill-after-write", writes=1, pid=victim.pid, before_answer=True)
        create(cloud)
        assert victim.wait(5) == -9


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault("nonsense"), "allowed are throttle"),
        (Fault("throttle", rate=0), "rate is 0"),
        (Fault("latency"), "give --milliseconds"),
        (Fault("kill-after-write", pid=1), "give --writes"),
    ],
)
def test_refuses_orders_without_sense(cloud, fault, text):
    with pytest.raises(ValueError, match=text):
        cloud.world.faults.add(fault)


def test_a_write_whose_answer_is_lost_was_carried_out(cloud):
    topic = name("topic")
    order(cloud, "lost-answer", service="sns", operation="CreateTopic")
    with pytest.raises(ConnectionClosedError):
        cloud.sns.create_topic(Name=topic)
    assert any(arn["TopicArn"].endswith(topic) for arn in cloud.sns.list_topics()["Topics"])


@pytest.mark.parametrize("kind", ["cut-answer", "web-page"])
@pytest.mark.parametrize("service", ["ecs", "sns", "cloudwatch"])
def test_a_spoilt_answer_is_not_read(cloud, kind, service, monkeypatch):
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "test")
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.world.endpoint)
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)
    read = {"ecs": "list_clusters", "sns": "list_topics", "cloudwatch": "describe_alarms"}[service]
    order(cloud, kind, service=service)
    with pytest.raises(BrokenAnswerError):
        Cloud(REGION).read(service, read)
    cloud.world.faults.clear()
    assert Cloud(REGION).read(service, read)["ResponseMetadata"]["RetryAttempts"] == 0


def test_a_write_whose_answer_is_spoilt_was_carried_out(cloud):
    topic = name("topic")
    order(cloud, "web-page", service="sns", operation="CreateTopic")
    with pytest.raises(ResponseParserError):
        cloud.sns.create_topic(Name=topic)
    assert any(arn["TopicArn"].endswith(topic) for arn in cloud.sns.list_topics()["Topics"])


def test_reads_show_the_old_state_for_a_while_after_a_write(cloud):
    parameter = name("/parameter")
    order(cloud, "stale-reads", service="ssm", seconds=600)
    read = {"Names": [parameter]}
    assert cloud.ssm.get_parameters(**read)["Parameters"] == []
    cloud.ssm.put_parameter(Name=parameter, Value="new", Type="String")
    assert cloud.ssm.get_parameters(**read)["Parameters"] == []
    cloud.world.clock.sleep(660)
    assert cloud.ssm.get_parameters(**read)["Parameters"][0]["Value"] == "new"


def test_a_strongly_consistent_read_is_never_old(cloud):
    table, key = name("table"), {"id": {"S": "one"}}
    cloud.dynamodb.create_table(
        TableName=table,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    order(cloud, "stale-reads", service="dynamodb", seconds=600)
    for consistent, seen in ((False, False), (True, True)):
        cloud.dynamodb.delete_item(TableName=table, Key=key)
        cloud.world.clock.sleep(1200)
        read = {"TableName": table, "Key": key, "ConsistentRead": consistent}
        assert "Item" not in cloud.dynamodb.get_item(**read)
        cloud.dynamodb.put_item(TableName=table, Item=key)
        assert ("Item" in cloud.dynamodb.get_item(**read)) == seen


def test_a_seed_hits_the_same_calls_again():
    def hits():
        fault = Fault("throttle", rate=0.3, seed=7)
        return [fault.hits("sns", "ListTopics") for _ in range(50)]

    first = hits()
    assert first == hits()
    assert 5 < sum(first) < 30


def test_a_token_makes_a_call_count_once(cloud):
    vpc = cloud.vpc()["VpcId"]
    made = [cloud.ec2.create_route_table(VpcId=vpc, ClientToken="same")["RouteTable"]["RouteTableId"] for _ in "ab"]
    assert made[0] == made[1]
    other = {"VpcId": cloud.vpc()["VpcId"], "ClientToken": "same"}
    assert refusal(cloud.ec2.create_route_table, **other) == "IdempotentParameterMismatch"
