"""The environment in which a drill takes place, by AWS's API and its front door."""

from __future__ import annotations

import json
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import boto3

from rehearsal import cli

REGION, SERVICE = "us-east-1", "web"
#: What DescribeAlarms returns and PutMetricAlarm does not take.
SHOWN = ("AlarmArn", "State", "StateTransitioned", "AlarmConfigurationUpdated", "StateUpdated", "EvaluationState")
DEFINITION = (
    "family",
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "containerDefinitions",
    "volumes",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "runtimePlatform",
)


class Place:
    """An environment with the reference service.

    Args:
        prefix: of its names, such as ``slipway-dev``.
        variables: that lead to the local cloud.
    """

    def __init__(self, prefix: str, variables: Mapping[str, str]) -> None:
        self.prefix, self.variables = prefix, variables
        self.scale = float(variables["SLIPWAY_TIME_SCALE"])
        session: Any = boto3.session.Session("drill", "drill", region_name=REGION)
        self.client: Callable[[str], Any] = lambda name: session.client(
            name, endpoint_url=variables["AWS_ENDPOINT_URL"]
        )
        self.cloudwatch, self.ecs, self.sqs = self.client("cloudwatch"), self.client("ecs"), self.client("sqs")
        self.url, self.database = self._output(f"{SERVICE}/url"), self._output("database/instance_id")
        self.colour = self._colour()

    def _output(self, name: str) -> str:
        """Return what a component has published."""
        path = f"/{self.prefix.replace('-', '/', 1)}/{name}"
        return str(self.client("ssm").get_parameter(Name=path)["Parameter"]["Value"])

    def _colour(self) -> str:
        names = {colour: f"{self.prefix}-{SERVICE}-{colour}" for colour in ("blue", "green")}
        found = self.ecs.describe_services(cluster=self.prefix, services=list(names.values()))["services"]
        wanted = {one["serviceName"]: one["desiredCount"] for one in found}
        return max(names, key=lambda colour: wanted.get(names[colour], 0))

    @property
    def service(self) -> str:
        """The ECS service that serves."""
        return f"{self.prefix}-{SERVICE}-{self.colour}"

    def full(self, alarm: str) -> str:
        """Return an alarm's whole name."""
        return f"{self.prefix}-{alarm.format(colour=self.colour)}"

    def states(self) -> dict[str, str]:
        """Return the state of every alarm of the environment, by name without prefix."""
        kinds = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
        pages = self.cloudwatch.get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{self.prefix}-", **kinds)
        listed = [one for page in pages for one in page["MetricAlarms"] + page["CompositeAlarms"]]
        return {one["AlarmName"].removeprefix(f"{self.prefix}-"): one["StateValue"] for one in listed}

    def alarm(self, name: str) -> dict[str, Any]:
        """Return a metric alarm as it can be put again."""
        found = self.cloudwatch.describe_alarms(AlarmNames=[self.full(name)])["MetricAlarms"][0]
        return {key: value for key, value in found.items() if not key.startswith(SHOWN) and value not in ([], "")}

    def put(self, alarm: Mapping[str, Any]) -> None:
        """Put a metric alarm."""
        self.cloudwatch.put_metric_alarm(**alarm)

    @contextmanager
    def deployed(self, tag: str) -> Iterator[None]:
        """Have the service run another version, without the care of a release: that is the point."""
        found = self.ecs.describe_services(cluster=self.prefix, services=[self.service])["services"][0]
        good, way = found["taskDefinition"], found["deploymentConfiguration"]
        self._deploy(self._with_image(good, tag), {**way, "minimumHealthyPercent": 0, "maximumPercent": 100})
        try:
            yield
        finally:
            self._deploy(good, way)

    def _deploy(self, revision: str, way: Mapping[str, Any]) -> None:
        self.ecs.update_service(
            cluster=self.prefix, service=self.service, taskDefinition=revision, deploymentConfiguration=way
        )

    def _with_image(self, revision: str, tag: str) -> str:
        """Register a revision like another one, with another image."""
        repository = f"{self.prefix}/{SERVICE}"
        cli.order("tasks.push", image=f"{SERVICE}:{tag}", repository=repository, region=REGION)
        found = self.ecs.describe_task_definition(taskDefinition=revision)["taskDefinition"]
        wanted = {name: found[name] for name in DEFINITION if name in found}
        image = wanted["containerDefinitions"][0]["image"].partition("@")[0].rpartition(":")
        name = image[0] if image[0].endswith(repository) else "".join(image)
        wanted["containerDefinitions"][0]["image"] = f"{name}:{tag}"
        return str(self.ecs.register_task_definition(**wanted)["taskDefinition"]["taskDefinitionArn"])

    def kill_tasks(self) -> None:
        """Kill the processes of all tasks that serve."""
        for arn in self.ecs.list_tasks(cluster=self.prefix, serviceName=self.service)["taskArns"]:
            with suppress(cli.RehearsalError):  # it has ended meanwhile
                cli.order("tasks.stop_task", target=arn.rpartition("/")[2])

    @contextmanager
    def sending(self, path: str, clients: int) -> Iterator[None]:
        """Send requests all the time."""
        with ExitStack() as stack:
            for _ in range(clients):
                stack.enter_context(self.repeating(self._sender(path)))
            yield

    @contextmanager
    def repeating(self, act: Callable[[], None]) -> Iterator[None]:
        """Do something again and again, in a thread."""
        ended = threading.Event()

        def repeat() -> None:
            while not ended.is_set():
                act()

        thread = threading.Thread(target=repeat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _sender(self, path: str) -> Callable[[], None]:
        trusted = ssl.create_default_context(cafile=self.variables["SSL_CERT_FILE"])
        proxy = urllib.request.ProxyHandler({"https": self.variables["HTTPS_PROXY"]})
        opener = urllib.request.build_opener(proxy, urllib.request.HTTPSHandler(context=trusted))

        def send() -> None:
            try:
                opener.open(self.url + path, timeout=10).close()
            except OSError:  # what fails is what the drill is for
                time.sleep(0.01)

        return send

    @contextmanager
    def listening(self) -> Iterator[Callable[[], list[dict[str, Any]]]]:
        """Subscribe a queue to the topic of alarms; what is yielded returns the messages since it was last asked."""
        sns, topic = self.client("sns"), self._output("notifications/topic_arn")
        queue = self.sqs.create_queue(QueueName=f"{self.prefix}-drill")["QueueUrl"]
        shown = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
        endpoint = shown["QueueArn"]
        subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint, ReturnSubscriptionArn=True)
        try:
            yield lambda: list(self._messages(queue))
        finally:
            sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
            self.sqs.delete_queue(QueueUrl=queue)

    def _messages(self, queue: str) -> Iterator[dict[str, Any]]:
        while got := self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for one in got:
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
                yield json.loads(json.loads(one["Body"])["Message"])
