"""A service and the collector beside it: both find each other at localhost, and spans reach X-Ray."""

from __future__ import annotations

import json
import secrets
import time
import urllib.request
from typing import Any

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


def collector(cloud: Cloud) -> dict[str, Any]:
    environment = [{"name": "AOT_CONFIG_CONTENT", "value": json.dumps(GOOD)}]
    return cloud.container(
        name="collector", image=COLLECTOR, essential=False, portMappings=[], memory=128, environment=environment
    )


def test_spans_of_a_service_reach_xray_through_its_collector(cloud: Cloud) -> None:
    definition = cloud.register(
        traced(cloud), collector(cloud), taskRoleArn=cloud.new_role(f"traced-{secrets.token_hex(4)}")
    )
    cluster = cloud.cluster()
    settings = {"launchType": "FARGATE", "networkConfiguration": cloud.network()}
    arn = cloud.ecs.run_task(cluster=cluster, taskDefinition=definition, **settings)["tasks"][0]["taskArn"]
    task = cloud.until_task(cluster, arn, "RUNNING")
    assert {one["name"]: one["lastStatus"] for one in task["containers"]} == {"web": "RUNNING", "collector": "RUNNING"}
    details = {one["name"]: one["value"] for one in task["attachments"][0]["details"]}
    root = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    calls = dict(cloud.world.faults.as_dict()["calls"])

    def asked() -> bool:
        address = cloud.world.address(f"{cloud.vpc}/{details['privateIPv4Address']}")
        header = {"X-Amzn-Trace-Id": f"Root={root};Sampled=1"}
        try:
            with urllib.request.urlopen(urllib.request.Request(f"http://{address}:8080/version", headers=header)):
                return True
        except OSError:
            return False

    wait(asked, "the service does not answer", 30)
    found = wait(lambda: cloud.xray.batch_get_traces(TraceIds=[root])["Traces"], "no trace", 30)
    documents = [json.loads(one["Document"]) for one in found[0]["Segments"]]
    assert [(one["name"], one["http"]["response"]["status"]) for one in documents] == [("sidecars", 200)]
    assert cloud.world.faults.as_dict()["calls"].get("xray.PutTraceSegments") == calls.get("xray.PutTraceSegments")
