"""A service and the collector beside it: both find each other at localhost, and spans reach X-Ray."""

from __future__ import annotations

import json
import secrets
import signal
import time
import urllib.request
from typing import Any

import pytest

from rehearsal.tasks import process
from rehearsal.tasks.model import Container
from tests.unit.rehearsal.tasks.conftest import Cloud, wait
from tests.unit.rehearsal.tasks.test_collector import GOOD

COLLECTOR = "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3"


def traced(cloud: Cloud) -> dict[str, Any]:
    container = cloud.container(dependsOn=[{"containerName": "collector", "condition": "START"}])
    container["environment"] += [
        {"name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": "http://localhost:4318"},
        {"name": "OTEL_SERVICE_NAME", "value": "sidecars"},
    ]
    return container


def collector(cloud: Cloud, configuration: dict[str, Any]) -> dict[str, Any]:
    environment = [{"name": "AOT_CONFIG_CONTENT", "value": json.dumps(configuration)}]
    return cloud.container(
        name="collector", image=COLLECTOR, essential=False, portMappings=[], memory=128, environment=environment
    )


def started(cloud: Cloud, configuration: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the cluster of a service with its collector, and the task once it runs."""
    role = cloud.new_role(f"traced-{secrets.token_hex(4)}")
    definition = cloud.register(traced(cloud), collector(cloud, configuration), taskRoleArn=role)
    cluster = cloud.cluster()
    settings = {"launchType": "FARGATE", "networkConfiguration": cloud.network()}
    task = cloud.ecs.run_task(cluster=cluster, taskDefinition=definition, **settings)["tasks"][0]
    return cluster, cloud.until_task(cluster, task["taskArn"], "RUNNING")


def asked(cloud: Cloud, task: dict[str, Any]) -> str:
    """Return the trace of a request that the service answered."""
    details = {one["name"]: one["value"] for one in task["attachments"][0]["details"]}
    address = cloud.world.address(f"{cloud.vpc}/{details['privateIPv4Address']}")
    root = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    header = {"X-Amzn-Trace-Id": f"Root={root};Sampled=1"}

    def answered() -> bool:
        try:
            with urllib.request.urlopen(urllib.request.Request(f"http://{address}:8080/version", headers=header)):
                return True
        except OSError:
            return False

    wait(answered, "the service does not answer", 30)
    return root


def exit_codes(task: dict[str, Any]) -> dict[str, int | None]:
    return {one["name"]: one.get("exitCode") for one in task["containers"]}


def test_spans_of_a_service_reach_xray_through_its_collector(cloud: Cloud) -> None:
    _, task = started(cloud, GOOD)
    assert {one["name"]: one["lastStatus"] for one in task["containers"]} == {"web": "RUNNING", "collector": "RUNNING"}
    calls = dict(cloud.world.faults.as_dict()["calls"])
    root = asked(cloud, task)
    found = wait(lambda: cloud.xray.batch_get_traces(TraceIds=[root])["Traces"], "no trace", 30)
    documents = [json.loads(one["Document"]) for one in found[0]["Segments"]]
    assert [(one["name"], one["http"]["response"]["status"]) for one in documents] == [("sidecars", 200)]
    assert cloud.world.faults.as_dict()["calls"].get("xray.PutTraceSegments") == calls.get("xray.PutTraceSegments")


def test_a_collector_ends_after_the_service_and_so_gets_its_last_spans(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster, task = started(cloud, GOOD)
    web, beside = cloud.mover.tasks[task["taskArn"]].containers
    told: list[tuple[str, int | None]] = []

    def tell(container: Container, number: int) -> None:
        if container in (web, beside) and number == signal.SIGTERM:
            told.append((container.name, web.exit_code))
        end(container, number)

    end = process.end
    monkeypatch.setattr(process, "end", tell)
    root = asked(cloud, task)
    cloud.ecs.stop_task(cluster=cluster, task=task["taskArn"])
    stopped = cloud.until_task(cluster, task["taskArn"], "STOPPED")
    assert told == [("web", None), ("collector", 0)]
    assert exit_codes(stopped) == {"web": 0, "collector": 0}
    assert cloud.xray.batch_get_traces(TraceIds=[root])["UnprocessedTraceIds"] == []


def test_a_service_goes_on_without_a_collector_that_cannot_start(cloud: Cloud) -> None:
    _, task = started(cloud, {**GOOD, "receivers": {}})
    assert exit_codes(task) == {"web": None, "collector": 1}
    assert asked(cloud, task)
    stream = f"web/collector/{task['taskArn'].rsplit('/', 1)[-1]}"
    events = cloud.logs.get_log_events(logGroupName=f"/{cloud.prefix}", logStreamName=stream)["events"]
    assert "no pipeline of traces" in events[0]["message"]
