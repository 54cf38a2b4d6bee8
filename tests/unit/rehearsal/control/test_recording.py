"""Calls of clients are recorded while somebody listens."""

from rehearsal.recording import Recording
from tests.unit.rehearsal.control.cloud import name


def test_reads_are_recorded_with_their_parameters(cloud):
    recording = cloud.world.recording
    cloud.sns.list_topics()
    recording.order_start()
    topic = cloud.sns.create_topic(Name=name("topic"))["TopicArn"]
    for _ in range(2):
        cloud.sns.get_topic_attributes(TopicArn=topic)
    heard = recording.order_stop()
    wanted = {"service": "sns", "operation": "GetTopicAttributes", "parameters": {"TopicArn": topic}, "times": 2}
    assert heard["reads"] == [wanted]
    assert heard["calls"] == 3
    cloud.sns.list_topics()
    assert recording.order_stop()["reads"] == []


def test_the_time_of_calls_that_overlap_counts_once():
    # The second call begins at 101 and ends within the first, which takes from 100 to 104; the third takes a second.
    times = iter([100.0, 101.0, 103.0, 104.0, 110.0, 111.0])
    recording = Recording(lambda: next(times))
    recording.order_start()
    with recording.call("sns", "Publish", {}, write=True), recording.call("sns", "ListTopics", {}, write=False):
        pass
    with recording.call("sns", "ListTopics", {}, write=False):
        pass
    heard = recording.order_stop()
    assert (heard["first"], heard["busy"], heard["calls"]) == (100.0, 5.0, 3)
    assert heard["reads"] == [{"service": "sns", "operation": "ListTopics", "parameters": {}, "times": 2}]
