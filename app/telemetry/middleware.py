"""ASGI middleware: ids, a span, a log line and the counts of each request."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import traces
from .context import CURRENT, RequestContext
from .metrics import Metrics

LOG = logging.getLogger("app")
LONGEST_PATH = 200


class Telemetry:
    """Tells of each request.

    Args:
        app: the service.
        metrics: counts.
        quiet: paths that are asked all the time: health checks, which are logged at debug, not traced and not counted.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, quiet: Sequence[str] = ("/healthz", "/readyz")) -> None:
        self.app = app
        self.metrics = metrics
        self.quiet = frozenset(quiet)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and tell of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        request = RequestContext.of(headers)
        token = CURRENT.set(request)
        try:
            if scope["path"] in self.quiet:
                await _Served(request, time.perf_counter()).serve(self.app, scope, receive, send)
            else:
                await self._serve(request, scope, receive, send)
        finally:
            CURRENT.reset(token)

    async def _serve(self, request: RequestContext, scope: Scope, receive: Receive, send: Send) -> None:
        one = _Served(request, time.perf_counter(), level=logging.INFO)
        with traces.serving(scope["method"], request) as span:
            try:
                await one.serve(self.app, scope, receive, send)
            finally:
                traces.served(span, route_of(scope), one.status)
                self.metrics.request(one.milliseconds, one.status)


class _Served:
    """One request on its way.

    Args:
        request: its ids.
        begun: by ``time.perf_counter``.
        level: of its line.
    """

    def __init__(self, request: RequestContext, begun: float, level: int = logging.DEBUG) -> None:
        self._request, self._begun, self._level = request, begun, level
        self.status, self.milliseconds = 500, 0.0

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve it; the answer gets the ids, the log its line."""

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                ids = [(name.encode(), value.encode()) for name, value in self._request.returned().items()]
                message = {**message, "headers": [*message.get("headers", []), *ids]}
            await send(message)

        try:
            await app(scope, receive, watch)
        finally:
            self.milliseconds = round(1000 * (time.perf_counter() - self._begun), 1)
            fields = {"method": scope["method"], "path": scope["path"][:LONGEST_PATH], "route": route_of(scope)}
            fields |= {"status": self.status, "ms": self.milliseconds}
            LOG.log(self._level, "request", extra={"fields": fields})


def route_of(scope: Scope) -> str:
    """Return the route that served, such as ``/notes/{id}``: there are few of them, and no ids in them."""
    if "endpoint" not in scope:
        return "unmatched"
    names = {str(value): name for name, value in scope.get("path_params", {}).items()}
    return "/".join(f"{{{names[part]}}}" if part in names else part for part in scope["path"].split("/"))
