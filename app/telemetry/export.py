"""Where spans go: to the collector beside the service, by OTLP over HTTP."""

from __future__ import annotations

import secrets
import time

from opentelemetry import trace

from .context import CURRENT
from .settings import Settings


def set_up(settings: Settings) -> None:
    """Export spans when there is a collector; what it costs to import is paid only then."""
    if not settings.traces_to:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    from opentelemetry.sdk.trace.id_generator import IdGenerator  # noqa: PLC0415

    class Ids(IdGenerator):
        """Ids as X-Ray wants them: the trace's is the request's root, which the load balancer gave."""

        def generate_span_id(self) -> int:
            """Return an id that is not 0."""
            return secrets.randbits(64) or 1

        def generate_trace_id(self) -> int:
            """Return the root of the request, or one that begins with the time."""
            request = CURRENT.get()
            return request.trace.number if request else int(time.time()) << 96 | secrets.randbits(96)

    named = {"service.version": settings.version, "deployment.environment.name": settings.environment}
    provider = TracerProvider(resource=Resource.create({"service.name": settings.service, **named}), id_generator=Ids())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=5), schedule_delay_millis=1000))
    trace.set_tracer_provider(provider)
