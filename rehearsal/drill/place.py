"""The environment in which a drill takes place, by AWS's API and its front door."""

from __future__ import annotations

import json
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import boto3

from rehearsal import cli

#: The image of the reference service, which has bad versions.
IMAGE = "web"
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
        drilled: the name under which it is released there.
        prefix: of the environment's names, such as ``slipway-dev``.
        outputs: path of what its components have published, such as ``/slipway/dev``.
        region: that it stands in.
        variables: that lead to the local cloud.
    """

    def __init__(self, drilled: str, prefix: str, outputs: str, region: str, variables: Mapping[str, str]) -> None:
        self.drilled, self.prefix, self.outputs, self.region, self.variables = (
            drilled,
            prefix,
            outputs,
            region,
            variables,
        )
        self.scale = float(variables["SLIPWAY_TIME_SCALE"])
        session: Any = boto3.session.Session("drill", "drill", region_name=region)
        self.client: Callable[[str], Any] = lambda name: session.client(
            name, endpoint_url=variables["AWS_ENDPOINT_URL"]
        )
        self.cloudwatch, self.ecs, self.sqs = self.client("cloudwatch"), self.client("ecs"), self.client("sqs")
        self.url, self.database = self._output(f"{drilled}/url"), self._output("database/instance_id")
        self.colour = self._colour()

    def _output(self, name: str) -> str:
        """Return what a component has published."""
        found = self.client("ssm").get_parameter(Name=f"{self.outputs}/{name}")["Parameter"]
        return str(found["Value"])

    def _colour(self) -> str:
        names = {colour: f"{self.prefix}-{self.drilled}-{colour}" for colour in ("blue", "green")}
        found = self.ecs.describe_services(cluster=self.prefix, services=list(names.values()))["services"]
        wanted = {one["serviceName"]: one["desiredCount"] for one in found}
        return max(names, key=lambda colour: wanted.get(names[colour], 0))

    @property
    def service(self) -> str:
        """The ECS service that serves."""
        return f"{self.prefix}-{self.drilled}-{self.colour}"

    def full(self, alarm: str) -> str:
        """Return an alarm's whole name."""
        return f"{self.prefix}-{alarm.format(service=self.drilled, colour=self.colour)}"

    def states(self, *kinds: str) -> dict[str, str]:
        """Return the states of alarms of some kinds, by name without prefix; those of all kinds when none is named."""
        wanted = {"AlarmNamePrefix": f"{self.prefix}-", "AlarmTypes": kinds or ["MetricAlarm", "CompositeAlarm"]}
        pages = self.cloudwatch.get_paginator("describe_alarms").paginate(**wanted)
        listed = [one for page in pages for one in page["MetricAlarms"] + page["CompositeAlarms"]]
        return {one["AlarmName"].removeprefix(f"{self.prefix}-"): one["StateValue"] for one in listed}

    def alarms(self, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return those metric alarms that there are, by name, as they can be put again."""
        found = {name: self.cloudwatch.describe_alarms(AlarmNames=[self.full(name)])["MetricAlarms"] for name in names}
        return {name: _puttable(own[0]) for name, own in found.items() if own}

    @contextmanager
    def changed(self, changes: Mapping[str, Mapping[str, Any]]) -> Iterator[None]:
        """Have alarms, by name, with other properties; those that there are not stay away."""
        before = self.alarms(changes)
        try:
            for name, one in before.items():
                self.cloudwatch.put_metric_alarm(**{**one, **changes[name]})
            yield
        finally:
            for one in before.values():
                self.cloudwatch.put_metric_alarm(**one)

    @contextmanager
    def deployed(self, tag: str, **more: Any) -> Iterator[None]:
        """Have the service run another version, without the care of a release: that is the point.

        Args:
            tag: of the version.
            more: what else of the ECS service is as given meanwhile, as UpdateService takes it.
        """
        found = self.ecs.describe_services(cluster=self.prefix, services=[self.service])["services"][0]
        before = {name: found[name] for name in ("taskDefinition", "deploymentConfiguration", *more)}
        configuration = found["deploymentConfiguration"] | more.get("deploymentConfiguration", {})
        revision = self._with_image(found["taskDefinition"], tag)
        self._update(**{**more, "taskDefinition": revision, "deploymentConfiguration": configuration})
        try:
            yield
        finally:
            self._update(**before)
            self.ecs.deregister_task_definition(taskDefinition=revision)

    def _update(self, **wanted: Any) -> None:
        self.ecs.update_service(cluster=self.prefix, service=self.service, **wanted)

    def _with_image(self, revision: str, tag: str) -> str:
        """Register a revision like another one, with another image."""
        repository = f"{self.prefix}/{self.drilled}"
        cli.order("tasks.push", image=f"{IMAGE}:{tag}", repository=repository, region=self.region)
        found = self.ecs.describe_task_definition(taskDefinition=revision)["taskDefinition"]
        wanted = {name: found[name] for name in DEFINITION if name in found}
        container = wanted["containerDefinitions"][0]
        container["image"] = f"{container['image'].partition(repository)[0]}{repository}:{tag}"
        return str(self.ecs.register_task_definition(**wanted)["taskDefinition"]["taskDefinitionArn"])

    def kill_task(self) -> None:
        """Kill the processes of one of the tasks that serve."""
        for arn in self.ecs.list_tasks(cluster=self.prefix, serviceName=self.service)["taskArns"][:1]:
            with suppress(cli.RehearsalError):  # it has ended meanwhile
                cli.order("tasks.stop_task", target=arn.rpartition("/")[2])

    @contextmanager
    def sending(self, path: str, clients: int, pause: float) -> Iterator[None]:
        """Send requests all the time, each client with a pause of some seconds after each."""
        with ExitStack() as stack:
            for _ in range(clients):
                stack.enter_context(self.repeating(self._sender(path), pause))
            yield

    @contextmanager
    def repeating(self, act: Callable[[], None], pause: float) -> Iterator[None]:
        """Do something again and again, in a thread, with a pause of some seconds after each time."""
        ended = threading.Event()

        def repeat() -> None:
            act()
            while not ended.wait(pause):
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
            with suppress(OSError):  # what fails is what the drill is for
                opener.open(self.url + path, timeout=10).close()

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


def _puttable(alarm: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in alarm.items() if not key.startswith(SHOWN) and value not in ([], "")}
