"""The application: routes and health."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

from psycopg import OperationalError
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app import neighbour, notes
from app.config import Config
from app.credentials import Credentials
from app.feature_flags import FeatureFlags
from app.telemetry.metrics import Metrics
from app.telemetry.middleware import Telemetry
from app.write_lease import NoLeaseError, WriteLease

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
        LOG.warning("not ready: %s", error)
        return JSONResponse({"status": "no database"}, 503)
    return JSONResponse({"status": "ready"})


async def version(request: Request) -> Response:
    """Say which version this is."""
    return JSONResponse({"version": request.app.state.config.version})


async def flags(request: Request) -> Response:
    """Say what the feature flags are, and whether they were read or are those of the code."""
    known: FeatureFlags = request.app.state.flags
    return JSONResponse({"flags": known.values, "read": known.read})


async def no_database(_request: Request, error: Exception) -> Response:
    """Answer 503 when the database cannot be reached."""
    LOG.error("database", exc_info=error)
    return JSONResponse({"error": "the database does not answer"}, 503)


async def no_lease(_request: Request, error: Exception) -> Response:
    """Answer 503 to what would be written while another environment may write."""
    return JSONResponse({"error": f"nothing can be written here: {error}"}, 503)


def create_app(config: Config, metrics: Metrics) -> Starlette:
    """Return the application; it opens its pool when it starts, and closes it and writes its counts when it ends."""
    lease = WriteLease(config.lease) if config.lease else None
    known = FeatureFlags(config.flags)

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
        if lease:
            lease.follow()
        if config.flags:
            known.follow()
        yield
        await pool.close()
        metrics.stop()

    app = Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/version", version),
            Route("/flags", flags),
            Route("/notes", notes.create, methods=["POST"]),
            Route("/notes", notes.listing),
            Route("/notes/{id}", notes.read),
            Route("/neighbour", neighbour.version),
        ],
        exception_handlers={OperationalError: no_database, PoolTimeout: no_database, NoLeaseError: no_lease},
        lifespan=lifespan,
    )
    app.add_middleware(Telemetry, metrics=metrics)
    app.state.config = config
    app.state.metrics = metrics
    app.state.writing = lease.held if lease else contextlib.nullcontext
    app.state.flags = known
    app.state.draining = False
    return app
