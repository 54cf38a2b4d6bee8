"""The stand-in for the ADOT collector: what it follows, and what it makes of spans."""

from __future__ import annotations

import json
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from rehearsal.tasks.collector import ConfigurationError, pipeline, segments

GOOD: dict[str, Any] = {
    "receivers": {"otlp": {"protocols": {"http": {"endpoint": "localhost:4318"}}}},
    "processors": {"batch": {}},
    "exporters": {"awsxray": {"indexed_attributes": ["http.route"]}},
    "service": {"pipelines": {"traces": {"receivers": ["otlp"], "processors": ["batch"], "exporters": ["awsxray"]}}},
}


def test_it_follows_its_configuration() -> None:
    assert pipeline(json.dumps(GOOD)) == ("localhost", 4318, ["http.route"])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"receivers": {}}, "no pipeline of traces"),
        ({"processors": {}}, r"references processors \['batch'\] not configured"),
        ({"exporters": {"otlp": {}}}, r"references exporters \['awsxray'\] not configured"),
        ({"service": {}}, "no pipeline of traces"),
    ],
)
def test_another_configuration_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        pipeline(json.dumps({**GOOD, **changed}))


def body(kind: int, **values: str) -> bytes:
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    attribute = group.resource.attributes.add(key="service.name")
    attribute.value.string_value = "web"
    span = group.scope_spans.add().spans.add(
        name="GET", kind=kind, start_time_unix_nano=10**9, end_time_unix_nano=2 * 10**9
    )
    span.trace_id, span.span_id = bytes.fromhex("5759e988bd862e3fe1be46a994272793"), bytes.fromhex("53995c3f42cd8ad8")
    for name, value in values.items():
        pair = span.attributes.add(key=name.replace("__", "."))
        if value.isdecimal():
            pair.value.int_value = int(value)
        else:
            pair.value.string_value = value
    return request.SerializeToString()


def test_a_request_is_a_segment_of_its_service() -> None:
    (found,) = segments(
        body(2, http__response__status_code="503", http__route="/notes"), ["http.route", "otel.resource.service.name"]
    )
    assert (found["name"], found["trace_id"]) == ("web", "1-5759e988-bd862e3fe1be46a994272793")
    assert (found["fault"], found["error"], found["http"]["response"]["status"]) == (True, False, 503)
    assert found["annotations"] == {"http_route": "/notes", "otel_resource_service_name": "web"}
    assert (found["start_time"], found["end_time"]) == (1, 2)


def test_a_statement_is_a_subsegment() -> None:
    (found,) = segments(body(3, db__namespace="notes", db__query__text="SELECT 1"), [])
    assert (found["name"], found["type"], found["sql"]) == ("notes", "subsegment", {"sanitized_query": "SELECT 1"})
