"""What runs in place of the ADOT collector: spans come in by OTLP over HTTP and go to X-Ray, as its configuration says.

https://aws-otel.github.io/docs/setup/ecs/config-through-ssm
"""

from __future__ import annotations

import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import yaml

LONGEST_BODY = 4 * 1024 * 1024
#: Documents of one call: https://docs.aws.amazon.com/xray/latest/api/API_PutTraceSegments.html
BATCH = 50


class ConfigurationError(Exception):
    """The configuration is none that this stand-in can follow."""


def pipeline(text: str) -> tuple[str, int, list[str]]:
    """Return host and port to listen on and what to index, after a look at whether traces go from OTLP to X-Ray.

    Raises:
        ConfigurationError: they do not.
    """
    try:
        content: Any = yaml.safe_load(text)
        traces = content["service"]["pipelines"]["traces"]
        endpoint = str(content["receivers"]["otlp"]["protocols"]["http"]["endpoint"])
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise ConfigurationError(f"AOT_CONFIG_CONTENT has no pipeline of traces from otlp over http: {error}") from None
    for kind in ("receivers", "processors", "exporters"):
        unknown = set(traces.get(kind, [])) - set(content.get(kind) or {})
        if unknown:
            raise ConfigurationError(f"service::pipelines::traces: references {kind} {sorted(unknown)} not configured")
    if "otlp" not in traces["receivers"] or "awsxray" not in traces["exporters"]:
        raise ConfigurationError("the local cloud takes traces by otlp and gives them to awsxray, and nothing else")
    host, _, port = endpoint.rpartition(":")
    return host, int(port), list((content["exporters"]["awsxray"] or {}).get("indexed_attributes", []))


def segments(body: bytes, indexed: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the spans of a request as X-Ray's segment documents, as the exporter awsxray does.

    Args:
        body: of the request.
        indexed: attributes by which traces can be found; those of the resource begin with ``otel.resource.``.
    """
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (  # noqa: PLC0415  only where there are spans
        ExportTraceServiceRequest,
    )

    for group in ExportTraceServiceRequest.FromString(body).resource_spans:
        resource = _values(group.resource.attributes)
        for scope in group.scope_spans:
            for span in scope.spans:
                yield _segment(span, resource, indexed)


def _segment(span: Any, resource: Mapping[str, Any], indexed: Sequence[str]) -> dict[str, Any]:
    values, trace = _values(span.attributes), span.trace_id.hex()
    server = span.kind == span.SPAN_KIND_SERVER
    status = int(values.get("http.response.status_code", 0))
    document = {
        "name": resource.get("service.name", "unknown") if server else values.get("db.namespace", span.name),
        "id": span.span_id.hex(),
        "trace_id": f"1-{trace[:8]}-{trace[8:]}",
        "start_time": span.start_time_unix_nano / 1e9,
        "end_time": span.end_time_unix_nano / 1e9,
        "fault": status >= 500 or span.status.code == span.status.STATUS_CODE_ERROR,  # noqa: PLR2004
        "error": 400 <= status < 500,  # noqa: PLR2004
        "annotations": _annotations(
            {**values, **{f"otel.resource.{key}": one for key, one in resource.items()}}, indexed
        ),
        "metadata": {"default": values},
    }
    if span.parent_span_id:
        document["parent_id"] = span.parent_span_id.hex()
    if server:
        request = {"method": values.get("http.request.method", ""), "url": values.get("http.route", "")}
        return {**document, "http": {"request": request, "response": {"status": status}}}
    sql = {"sql": {"sanitized_query": values["db.query.text"]}} if "db.query.text" in values else {}
    return {**document, "type": "subsegment", "namespace": "remote", **sql}


def _annotations(values: Mapping[str, Any], indexed: Sequence[str]) -> dict[str, Any]:
    """Return what is indexed, under names as X-Ray allows them."""
    return {re.sub(r"\W", "_", name): values[name] for name in indexed if name in values}


def _values(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value") or "string_value") for pair in pairs}


class Exporter:
    """Puts segments to X-Ray with the credentials of the task.

    Args:
        environment: of the container.
        indexed: attributes by which traces can be found.
        log: takes a line of the container's output.
    """

    def __init__(self, environment: Mapping[str, str], indexed: Sequence[str], log: Callable[[str], None]) -> None:
        self._environment = environment
        self._indexed = indexed
        self._log = log
        self._key = ""

    def export(self, body: bytes) -> None:
        """Pass on what a request brought; what cannot be is told of, and lost."""
        try:
            documents = [json.dumps(one) for one in segments(body, self._indexed)]
            for at in range(0, len(documents), BATCH):
                self._put(documents[at : at + BATCH])
        except urllib.error.HTTPError as error:
            self._tell("error", error=error.read().decode("utf-8", "replace"))
        except (OSError, KeyError) as error:
            self._tell("error", error=f"{type(error).__name__}: {error}")

    def _put(self, documents: list[str]) -> None:
        scope = f"{self._own_key()}/{time.strftime('%Y%m%d')}/{self._environment['AWS_REGION']}/xray/aws4_request"
        # Signatures are not checked here, so the stand-in does without a library that signs.
        headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none"}
        body = json.dumps({"TraceSegmentDocuments": documents}).encode()
        url = f"{self._environment['AWS_ENDPOINT_URL']}/TraceSegments"
        request = urllib.request.Request(url, body, {**headers, "Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            if unprocessed := json.load(answer).get("UnprocessedTraceSegments"):
                self._tell("warn", unprocessed=unprocessed)

    def _own_key(self) -> str:
        """Return the access key of the task's role, asked for once: it outlives a rehearsal."""
        if not self._key:
            with urllib.request.urlopen(self._environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"], timeout=10) as answer:  # noqa: S310
                self._key = str(json.load(answer)["AccessKeyId"])
        return self._key

    def _tell(self, level: str, **values: Any) -> None:
        self._log(json.dumps({"level": level, "message": "exporter awsxray", **values}))


class Receiver(BaseHTTPRequestHandler):
    """Takes exports at /v1/traces, and passes them on once they are answered."""

    server: Listener
    timeout = 10

    def do_POST(self) -> None:
        """Take one."""
        length = int(self.headers.get("Content-Length") or 0)
        status = 404 if self.path != "/v1/traces" else 413 if length > LONGEST_BODY else 200
        body = self.rfile.read(length) if status == 200 else b""  # noqa: PLR2004
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.exporter.export(body)

    def log_message(self, *args: object) -> None:
        """Say nothing a request."""


class Listener(ThreadingHTTPServer):
    """A collector's port; what came before it closes is passed on.

    Args:
        address: host and port.
        exporter: gets what comes.
    """

    daemon_threads = False

    def __init__(self, address: tuple[str, int], exporter: Exporter) -> None:
        super().__init__(address, Receiver)
        self.exporter = exporter


class Collector:
    """A collector of one task, in the cloud's own process: a process for each task would cost more than the service.

    Args:
        environment: of the container. ``HOST`` is the address that stands for the task's network.
        log: takes a line of the container's output.
    """

    def __init__(self, environment: Mapping[str, str], log: Callable[[str], None]) -> None:
        self._code: int | None = None
        try:
            host, port, indexed = pipeline(environment.get("AOT_CONFIG_CONTENT", ""))
            # localhost is the address that stands for the task's network here.
            here = environment["HOST"] if host in {"localhost", "127.0.0.1", "0.0.0.0"} else host  # noqa: S104
            self._listener = Listener((here, port), Exporter(environment, indexed, log))
        except (ConfigurationError, OSError) as error:
            log(f"Error: {error}")
            self._code = 1
            return
        threading.Thread(target=self._serve, name="collector", daemon=True).start()

    def _serve(self) -> None:
        self._listener.serve_forever()
        self._listener.server_close()
        self._code = 0

    def poll(self) -> int | None:
        """Return the exit code, ``None`` while it runs."""
        return self._code

    def end(self) -> None:
        """Have it end once it passed on what came."""
        if self._code is None:
            threading.Thread(target=self._listener.shutdown, name="collector ends", daemon=True).start()
