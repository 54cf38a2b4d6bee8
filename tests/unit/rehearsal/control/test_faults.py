"""Ordered faults hit the calls they are meant for."""

import subprocess
import time

import pytest
from botocore.exceptions import ClientError

from rehearsal.faults import Fault
from tests.unit.rehearsal.control.cloud import name, refusal


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


def test_reads_are_recorded_with_their_parameters_while_asked_for(cloud):
    faults = cloud.world.faults
    cloud.sns.list_topics()
    faults.record()
    topic = create(cloud)["TopicArn"]
    for _ in range(2):
        cloud.sns.get_topic_attributes(TopicArn=topic)
    wanted = {"service": "sns", "operation": "GetTopicAttributes", "parameters": {"TopicArn": topic}, "times": 2}
    assert faults.recorded() == [wanted]
    cloud.sns.list_topics()
    assert faults.recorded() == []
