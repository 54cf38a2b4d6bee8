"""The application: routes, health, and one log line a request."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import AsyncIterator
from typing import Any

from psycopg import OperationalError
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import notes
from app.config import Config
from app.credentials import Credentials

LOG = logging.getLogger("app")
#: Seconds a request waits for a connection, and seconds a readiness check does.
PATIENCE, READY_PATIENCE = 5.0, 2.0


async def healthz(_request: Request) -> Response:
    """Say that the process is alive."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Say whether requests should come here: the database answers, and the process is not on its way out."""
    if request.app.state.draining:
        return JSONResponse({"status": "draining"}, 503)
    try:
        async with request.app.state.pool.connection(timeout=READY_PATIENCE) as connection:
            await connection.execute("SELECT 1")
    except (OperationalError, PoolTimeout) as error:
        return JSONResponse({"status": "no database", "error": str(error)}, 503)
    return JSONResponse({"status": "ready"})


async def version(request: Request) -> Response:
    """Say which version this is."""
    return JSONResponse({"version": request.app.state.config.version})


async def no_database(_request: Request, error: Exception) -> Response:
    """Answer 503 when the database cannot be reached."""
    LOG.error("database", exc_info=error)
    return JSONResponse({"error": "the database does not answer"}, 503)


class RequestLog:
    """Logs method, path, status, milliseconds and trace id of each request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and log it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            LOG.info("request", extra={"fields": _fields(scope, status, begun)})


def _fields(scope: Scope, status: int, begun: float) -> dict[str, Any]:
    headers = dict(scope["headers"])
    return {
        "method": scope["method"],
        "path": scope["path"],
        "status": status,
        "ms": round(1000 * (time.perf_counter() - begun), 1),
        "trace": headers.get(b"x-amzn-trace-id", b"").decode("latin-1"),
    }


def create_app(config: Config) -> Starlette:
    """Return the application; it opens its pool when it starts and closes it when it ends."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
            config.database,
            connection_class=Credentials(config).connections(),
            min_size=1,
            max_size=5,
            timeout=PATIENCE,
            check=AsyncConnectionPool.check_connection,  # a failover leaves dead connections behind
            open=False,
        )
        await pool.open()
        app.state.pool = pool
        yield
        await pool.close()

    app = Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/version", version),
            Route("/notes", notes.create, methods=["POST"]),
            Route("/notes", notes.listing),
            Route("/notes/{id:int}", notes.read),
        ],
        exception_handlers={OperationalError: no_database, PoolTimeout: no_database},
        lifespan=lifespan,
    )
    app.add_middleware(RequestLog)
    app.state.config = config
    app.state.draining = False
    return app
