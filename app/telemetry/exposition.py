"""Metrics in Prometheus's text format, on a port of their own: the load balancer leads to the service's port only.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector, start_http_server

from .settings import Settings

#: Seconds at which the histogram of latencies counts; an objective's seconds must be one of them to be judged by it.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
#: Names of what the business counts: a bound of memory, here and in Prometheus.
MOST_NAMES = 50


class Exposition:
    """Answers ``GET /metrics`` from a thread of its own.

    Args:
        settings: name the service, the address and the port.

    Raises:
        OSError: something listens on that port already.
    """

    def __init__(self, settings: Settings) -> None:
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Counter("http_requests", "Requests served, by status code.", ["code"], registry=registry)
        self._seconds = Histogram(
            "http_request_duration_seconds", "Seconds that requests took.", buckets=BUCKETS, registry=registry
        )
        self._events = Counter("app_events", "What the business counts.", ["event"], registry=registry)
        self._names: set[str] = set()
        info = Info("app", "The version that runs.", registry=registry)
        info.info({"version": settings.version, "environment": settings.environment})
        self._server, _ = start_http_server(settings.metrics_port, settings.metrics_host, registry)

    def request(self, seconds: float, status: int) -> None:
        """Count a request that was served."""
        self._requests.labels(str(status)).inc()
        self._seconds.observe(seconds)

    def count(self, name: str, number: float) -> None:
        """Count something that the business cares for."""
        self._names |= {name} if len(self._names) < MOST_NAMES else set()
        if name in self._names:
            self._events.labels(name).inc(number)

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
