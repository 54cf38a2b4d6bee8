"""Logs, metrics and traces of the reference service, as they leave its process."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families

from app.telemetry.exposition import MOST_NAMES, Exposition
from app.telemetry.settings import Settings, SettingsError
from tests.unit.app.conftest import Service, Start, free_port

pytestmark = pytest.mark.usefixtures("migrated")
ROOT = "1-5759e988-bd862e3fe1be46a994272793"
SAMPLED = f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1"


def lines(service: Service) -> list[dict[str, Any]]:
    code, output = service.end()
    assert code == 0, output
    return [json.loads(line) for line in output.splitlines()]


def test_a_line_names_service_request_and_trace(start: Start) -> None:
    service = start(OTEL_SERVICE_NAME="web", ENVIRONMENT="dev")
    headers = service.headers("/version", x_amzn_trace_id=f"Root={ROOT}", x_correlation_id="order-7")
    line = next(one for one in lines(service) if one.get("path") == "/version")
    assert (line["service"], line["version"], line["environment"]) == ("web", "1.2.3", "dev")
    assert (line["level"], line["method"], line["status"], line["route"]) == ("info", "GET", 200, "/version")
    assert (line["trace_id"], line["correlation_id"]) == (ROOT, "order-7")
    assert (headers["x-correlation-id"], headers["x-request-id"]) == ("order-7", line["request_id"])
    assert line["ms"] > 0


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, 'a"b'])
def test_a_correlation_id_that_is_none_is_replaced(start: Start, given: str) -> None:
    headers = start().headers("/version", x_correlation_id=given)
    assert headers["x-correlation-id"] == headers["x-request-id"]
    assert len(headers["x-request-id"]) == 32


def test_a_route_has_no_ids_in_it(start: Start) -> None:
    service = start()
    service.get("/notes/999999999")
    service.get("/no/such/route")
    found = {one["path"]: one["route"] for one in lines(service) if "path" in one}
    assert found == {"/notes/999999999": "/notes/{id}", "/no/such/route": "unmatched"}


def test_health_checks_are_lines_of_debug(start: Start) -> None:
    quiet, loud = start(), start(LOG_LEVEL="debug")
    for service in (quiet, loud):
        service.get("/readyz")
    assert not [one for one in lines(quiet) if "path" in one]
    assert "/readyz" in [one.get("path") for one in lines(loud)]


def test_counts_do_not_depend_on_the_level(start: Start) -> None:
    service = start(LOG_LEVEL="error", METRICS_NAMESPACE="slipway-dev", OTEL_SERVICE_NAME="web", METRICS_SECONDS="60")
    for _ in range(120):
        service.request("POST", "/notes", b'{"text": "one"}')
    service.get("/readyz")
    documents = [one for one in lines(service) if "_aws" in one]
    assert [len(one["Latency"]) for one in documents] == [100, 20]
    assert (documents[0]["Requests"], documents[0]["Errors"], documents[0]["NotesCreated"]) == (120, 0, 120)
    directive = documents[0]["_aws"]["CloudWatchMetrics"][0]
    assert directive["Namespace"] == "slipway-dev"
    assert directive["Dimensions"] == [["service"], ["service", "version"]]
    assert {one["Name"] for one in directive["Metrics"]} == {"Latency", "Requests", "Errors", "NotesCreated"}
    assert {one["Name"] for one in documents[1]["_aws"]["CloudWatchMetrics"][0]["Metrics"]} == {"Latency"}


class Collector(ThreadingHTTPServer):
    """Takes spans by OTLP over HTTP."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.taken: list[ExportTraceServiceRequest] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def spans(self) -> list[Any]:
        return [
            span
            for one in self.taken
            for resource in one.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


class Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    yield server
    server.shutdown()


def test_spans_go_on_with_the_trace_of_the_load_balancer(start: Start, collector: Collector) -> None:
    service = start(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_SERVICE_NAME="web", OTEL_METRICS_EXPORTER="none")
    service.request("GET", "/notes", x_amzn_trace_id=f"Root={ROOT}")
    service.get("/readyz")
    service.end()
    server, client = sorted(collector.spans(), key=lambda span: span.kind)
    assert (server.name, client.name) == ("GET /notes", "SELECT")
    assert server.trace_id.hex() == client.trace_id.hex() == ROOT[2:].replace("-", "")
    assert (server.parent_span_id, client.parent_span_id) == (b"", server.span_id)
    resource = {one.key: one.value.string_value for one in collector.taken[0].resource_spans[0].resource.attributes}
    assert (resource["service.name"], resource["service.version"]) == ("web", "1.2.3")


def test_a_share_of_nothing_traces_what_the_caller_wants_only(start: Start, collector: Collector) -> None:
    sampler = {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0"}
    service = start(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, **sampler)
    service.request("GET", "/version", x_amzn_trace_id=f"Root={ROOT}")
    service.request("GET", "/version", x_amzn_trace_id=SAMPLED)
    service.request("GET", "/version", x_amzn_trace_id=SAMPLED.replace("Sampled=1", "Sampled=0"))
    service.end()
    spans = collector.spans()
    assert [span.parent_span_id.hex() for span in spans] == ["53995c3f42cd8ad8"]


def test_a_failing_collector_fails_no_request(start: Start) -> None:
    service = start(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")
    assert service.get("/version")[0] == 200
    assert service.end()[0] == 0


@pytest.fixture
def exposed(start: Start) -> tuple[Service, int]:
    port = free_port()
    return start(METRICS_PORT=str(port), APP_VERSION="1.2.3", ENVIRONMENT="dev"), port


def scraped(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        families = text_string_to_metric_families(answer.read().decode())
        return {
            ",".join([one.name, *map("=".join, sorted(one.labels.items()))]): one.value
            for family in families
            for one in family.samples
        }


def test_prometheus_reads_requests_latencies_and_events(exposed: tuple[Service, int]) -> None:
    service, port = exposed
    for _ in range(3):
        service.request("POST", "/notes", b'{"text": "one"}')
    service.get("/notes/999999999")
    service.get("/readyz")
    found = scraped(port)
    assert (found["http_requests_total,code=201"], found["http_requests_total,code=404"]) == (3, 1)
    assert found["http_request_duration_seconds_count"] == found["http_request_duration_seconds_bucket,le=+Inf"] == 4
    assert 0 < found["http_request_duration_seconds_sum"] < 60
    assert found["app_events_total,event=NotesCreated"] == 3
    assert found["app_info,environment=dev,version=1.2.3"] == 1
    assert found["process_resident_memory_bytes"] > 0
    assert service.end()[0] == 0


def test_the_port_of_the_service_does_not_tell_metrics(exposed: tuple[Service, int]) -> None:
    service, port = exposed
    assert service.port != port
    assert service.get("/metrics")[0] == 404


def test_events_have_a_bounded_number_of_names() -> None:
    port = free_port()
    exposition = Exposition(Settings(metrics_port=port, metrics_host="127.0.0.1"))
    for number in range(MOST_NAMES + 10):
        exposition.count(f"name{number}", 1)
    exposition.count("name0", 1)
    found = {name: value for name, value in scraped(port).items() if name.startswith("app_events_total")}
    exposition.stop()
    assert (len(found), found["app_events_total,event=name0"]) == (MOST_NAMES, 2)


@pytest.mark.parametrize("port", ["8080", "70000", "-1", "http"])
def test_a_port_for_metrics_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(SettingsError, match=r"METRICS_PORT is .*; a port to 65535 that is not PORT is allowed"):
        Settings.read({"PORT": "8080", "METRICS_PORT": port})
