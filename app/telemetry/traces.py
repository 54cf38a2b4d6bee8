"""Spans, by OpenTelemetry's API; without an exporter they cost next to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, StatusCode, TraceFlags

from .context import CORRELATION, CURRENT, TRACE, RequestContext, Trace

TRACER = trace.get_tracer("app")


@contextmanager
def serving(method: str, request: RequestContext) -> Iterator[Span]:
    """Span of a request that is served."""
    attributes = {"http.request.method": method, "correlation_id": request.correlation_id}
    attributes["request_id"] = request.request_id
    with TRACER.start_as_current_span(
        method, context=_parent(request.trace), kind=SpanKind.SERVER, attributes=attributes
    ) as span:
        yield span


def served(span: Span, route: str, status: int) -> None:
    """Say what became of a request."""
    method = str(getattr(span, "name", ""))
    span.update_name(f"{method} {route}".strip())
    span.set_attributes({"http.route": route, "http.response.status_code": status})
    if status >= 500:  # noqa: PLR2004  the service's own failures
        span.set_status(StatusCode.ERROR)


@contextmanager
def asking_the_database(statement: str, database: str) -> Iterator[Span]:
    """Span of a statement; it has placeholders, never values."""
    attributes = {"db.system.name": "postgresql", "db.namespace": database, "db.query.text": statement}
    name = statement.split(maxsplit=1)[0]
    with TRACER.start_as_current_span(name, kind=SpanKind.CLIENT, attributes=attributes) as span:
        yield span


def passed_on() -> dict[str, str]:
    """Return the headers to send with a request to another service."""
    request = CURRENT.get()
    if request is None:
        return {}
    span = trace.get_current_span().get_span_context()
    parts = [f"Root={request.trace.root}"]
    if span.is_valid:
        parts += [f"Parent={span.span_id:016x}", f"Sampled={int(span.trace_flags.sampled)}"]
    return {CORRELATION: request.correlation_id, TRACE: ";".join(parts)}


def _parent(given: Trace) -> Context:
    """Return where a span belongs; one without a parent gets the root as its trace id from ``export.Ids``."""
    if not given.parent or given.sampled is None:
        return Context()
    flags = TraceFlags(TraceFlags.SAMPLED if given.sampled else TraceFlags.DEFAULT)
    parent = SpanContext(given.number, int(given.parent, 16), is_remote=True, trace_flags=flags)
    return trace.set_span_in_context(NonRecordingSpan(parent), Context())
