"""A real Prometheus reads the reference service, found in Cloud Map, by the role's own script and files."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from moto.servicediscovery.models import ServiceDiscoveryBackend

from app.telemetry.exposition import Exposition
from app.telemetry.metrics import Metrics
from app.telemetry.settings import Settings
from rehearsal.tasks import discovery, registries
from rehearsal.tasks.prometheus import PORT
from tests.unit.prometheus.conftest import ROOT, containers, program

ADDRESS, REGION = "127.0.0.1", "us-east-1"
WITHIN = 90.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


class Cloud:
    """So much of a world as finds tasks: Cloud Map with the name of a colour, and tasks of it."""

    def __init__(self) -> None:
        self.map = ServiceDiscoveryBackend(REGION, "123456789012")
        self.map.create_private_dns_namespace("slipway-dev.internal", "", "", "vpc-1", [], {})
        (space,) = self.map.namespaces
        service = self.map.create_service("blue-web", space, "", "", {}, {}, {}, [], "DNS")
        self.registry = {"registryArn": service.arn}
        self.movers = {"tasks": SimpleNamespace(tasks={})}

    def backend(self, service: str, region: str) -> Any:
        assert (service, region) == ("servicediscovery", REGION)
        return self.map

    def task(self, name: str, address: str) -> Any:
        """Add a task that runs."""
        request = {"serviceRegistries": [self.registry]}
        place = {"private_ip": address, "address": ADDRESS, "region": REGION, "interface": None}
        task = SimpleNamespace(id=name, request=request, status="RUNNING", **place)
        self.movers["tasks"].tasks[name] = task
        return task


def targets(cloud: Any, name: str) -> list[str]:
    """Return what Prometheus is told of a name."""
    query = urllib.parse.urlencode({"name": name, "port": 9464, "region": REGION})
    (group,) = json.loads(discovery.answer(cloud, query))
    assert group["labels"] == {"__meta_dns_name": name}
    return list(group["targets"])


def test_tasks_are_found_while_they_run() -> None:
    cloud: Any = Cloud()
    task = cloud.task("one", "10.0.0.7")
    assert targets(cloud, "blue-web.slipway-dev.internal") == []
    registries.register(cloud, task)
    assert targets(cloud, "blue-web.slipway-dev.internal") == ["127.0.0.1:9464"]
    assert targets(cloud, "green-web.slipway-dev.internal") == targets(cloud, "blue-web.other") == []
    registries.deregister(cloud, task)
    assert targets(cloud, "blue-web.slipway-dev.internal") == []


@pytest.fixture
def endpoint() -> Iterator[str]:
    """Return where the local cloud tells Prometheus of one task of blue-web."""
    cloud: Any = Cloud()
    registries.register(cloud, cloud.task("one", "10.0.0.7"))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = discovery.answer(cloud, urllib.parse.urlsplit(self.path).query)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer((ADDRESS, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{ADDRESS}:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def service() -> Iterator[tuple[Metrics, int]]:
    """Return the counts of a service, and the port that tells them."""
    port = free_port()
    settings = Settings(service="web", version="1.2.3", metrics_port=port, metrics_host=ADDRESS)
    metrics = Metrics(settings, exposition=Exposition(settings))
    yield metrics, port
    metrics.stop()


@pytest.fixture
def prometheus(endpoint: str, service: tuple[Metrics, int], tmp_path: Path) -> Iterator[Callable[[str], Any]]:
    """Return a function that asks a Prometheus of the role's script and files, which reads the service."""
    program("prometheus")
    more = {"__prometheus_ports": {"web": service[1]}, "prometheus_interval": 1}
    container = containers(json.dumps(more))["prometheus"]
    own = f"127.200.{os.getpid() // 250 % 250}.{os.getpid() % 250 + 1}"
    place = {"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": REGION, "HOST": own, "REHEARSAL_STORAGE": str(tmp_path)}
    environment = {**os.environ, **container["environment"], **place}
    argv = [sys.executable, "-m", "rehearsal.tasks.prometheus", "-c", *container["command"]]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(argv, cwd=ROOT, env=environment, stdout=log, stderr=log)

    def ask(query: str) -> Any:
        url = f"http://{own}:{PORT}/api/v1/{query}"
        deadline = time.monotonic() + WITHIN
        while True:
            assert process.poll() is None, (tmp_path / "log").read_text()
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    data = json.load(answer)["data"]
            except OSError:
                data = None
            if data and data.get("result", data.get("groups")):
                return data
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()
            time.sleep(0.5)

    yield ask
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def test_a_real_prometheus_reads_the_reference_service(
    prometheus: Callable[[str], Any], service: tuple[Metrics, int]
) -> None:
    for status in (200, 200, 500):
        service[0].request(700.0, status)
    service[0].count("NotesCreated", 4)
    wanted = urllib.parse.quote('sum by (service, side, code) (http_requests_total{code="200"}) == 2')
    (found,) = prometheus(f"query?query={wanted}")["result"]
    assert found["metric"] == {"service": "web", "side": "blue", "code": "200"}
    slow = urllib.parse.quote('http_request_duration_seconds_bucket{le="0.5"} == 0')
    (bucket,) = prometheus(f"query?query={slow}")["result"]
    assert bucket["metric"]["job"] == "services"
    groups = {group["name"]: [rule["name"] for rule in group["rules"]] for group in prometheus("rules")["groups"]}
    assert groups == {
        "objectives": ["availability_fast", "availability_slow", "latency_fast", "latency_slow"],
        "services": ["target_down", "no_targets", "latency_p95", "latency_p99", "error_share", "cpu", "memory"],
    }
