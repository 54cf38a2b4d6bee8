"""CloudWatch of a running cloud, a topic, and a queue that reads what the topic is sent."""

import itertools
import json
import time

import boto3
from botocore.config import Config

from tests.unit.rehearsal.edge.cloud import REGION

NUMBERS = itertools.count(1)
WITHIN = 6.0


class Watched:
    def __init__(self, cloud):
        self.cloud, self.world = cloud, cloud.world
        self.cw = self.raw("cloudwatch")
        self.sns, self.sqs = cloud.client("sns"), cloud.client("sqs")

    def raw(self, service):
        """A client that lets through what boto3 itself would refuse."""
        config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
        session = boto3.session.Session("a", "b", region_name=REGION)
        return session.client(service, endpoint_url=self.world.endpoint, config=config)

    def topic(self, **attributes):
        """The ARN of a new topic and the URL of a queue that is subscribed to it."""
        name = f"topic-{next(NUMBERS)}"
        topic = self.sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
        queue = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        shown = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=shown["Attributes"]["QueueArn"])
        return topic, queue

    def messages(self, queue):
        """Subject and message of everything in the queue, which is empty afterwards."""
        found = []
        while got := self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for one in got:
                body = json.loads(one["Body"])
                found.append((body["Subject"], json.loads(body["Message"])))
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
        return found

    def alarm(self, **more):
        """Put an alarm on a metric of its own and return its name."""
        name = f"alarm-{next(NUMBERS)}"
        self.cw.put_metric_alarm(**{**settings(name), **more})
        return name

    def composite(self, rule, **more):
        name = f"composite-{next(NUMBERS)}"
        self.cw.put_composite_alarm(AlarmName=name, AlarmRule=rule, **more)
        return name

    def data(self, name, *values, **more):
        self.cw.put_metric_data(Namespace="Test", MetricData=[{"MetricName": name, "Values": list(values), **more}])

    def together(self, values):
        """Put values by metric into the same virtual minute, which lasts a tenth of a second."""
        at = self.world.clock.now()
        data = [{"MetricName": name, "Value": value, "Timestamp": at} for name, value in values.items()]
        self.cw.put_metric_data(Namespace="Test", MetricData=data)

    def shown(self, name):
        found = self.cw.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        return [*found["MetricAlarms"], *found["CompositeAlarms"]][0]

    def await_state(self, name, state):
        return self.await_that(lambda: self.shown(name), lambda shown: shown["StateValue"] == state)

    def await_that(self, read, holds):
        deadline = time.monotonic() + WITHIN
        while not holds(found := read()):
            assert time.monotonic() < deadline, found
            time.sleep(0.02)
        return found

    def minutes(self, number):
        """Let virtual minutes pass."""
        self.world.clock.sleep(60 * number)

    def history(self, name, kind, **more):
        found = self.cw.describe_alarm_history(AlarmName=name, HistoryItemType=kind, **more)["AlarmHistoryItems"]
        return [item["HistorySummary"] for item in found]

    def sums(self, namespace, metric, stat="Sum", **dimensions):
        """The values of a metric during the last virtual hour, by minute, oldest first."""
        now = self.world.clock.now()
        pairs = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        named = {"Namespace": namespace, "MetricName": metric, "Dimensions": pairs}
        query = {"Id": "m", "MetricStat": {"Metric": named, "Period": 60, "Stat": stat}}
        got = self.cw.get_metric_data(
            MetricDataQueries=[query], StartTime=now - 3600, EndTime=now, ScanBy="TimestampAscending"
        )
        return got["MetricDataResults"][0]["Values"]


def settings(name):
    return {
        "AlarmName": name,
        "Namespace": "Test",
        "MetricName": name,
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 5,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
