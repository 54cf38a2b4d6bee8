"""The reference service as the catalogue's tags have it: well, or in one of the ways in which versions are bad."""

from __future__ import annotations

import asyncio
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.server import create, serve_app

ERROR_SHARE = 0.05
SLOW_SECONDS = 1.5
CRASH_AFTER = 60.0
LEAK_BYTES = 256 * 1024
HEALTH = ("/healthz", "/readyz")


class Behaviour:
    """Middleware that makes requests fail as ordered; health checks are left alone unless ``unhealthy``.

    Args:
        app: the service.
        kind: the behaviour.
    """

    def __init__(self, app: ASGIApp, kind: str) -> None:
        self.app = app
        self.kind = kind
        self.leaked: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, badly where it is due."""
        if self.kind == "hang" and scope["type"] == "http" and scope["path"] not in HEALTH:
            while (await receive())["type"] != "http.disconnect":
                pass
        elif scope["type"] == "http" and await self._spoils(scope["path"]):
            await JSONResponse({"error": self.kind}, 500)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _spoils(self, path: str) -> bool:
        if path in HEALTH:
            return self.kind == "unhealthy"
        if self.kind == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        if self.kind == "leak":
            self.leaked.append(os.urandom(LEAK_BYTES))
        return self.kind == "errors" and random.random() < ERROR_SHARE  # noqa: S311  a share of requests, no secret


class Resetting:
    """Closes connections in place of answers, health checks but for which all is well.

    Args:
        app: the service with all that is around it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a health check, or close the connection that a request came by."""
        if scope["type"] != "http" or scope["path"] in HEALTH:
            await self.app(scope, receive, send)
            return
        server: Any = send
        server.__self__.transport.abort()  # ASGI has no word for it


def _crash(after: float) -> None:
    def crash() -> None:
        time.sleep(after)
        sys.stderr.write("fatal: as this version does\n")
        os._exit(1)

    threading.Thread(target=crash, daemon=True).start()


def main(environment: Callable[[str], str | None] = os.environ.get) -> None:
    """Serve the version that ``BEHAVIOUR`` names."""
    kind = environment("BEHAVIOUR")
    if kind == "crash-start":
        sys.exit("fatal: this version does not start")
    app, config = create()
    if kind == "crash-later":
        _crash(CRASH_AFTER / float(environment("REHEARSAL_TIME_SCALE") or 1))
    elif kind == "reset":
        app.middleware_stack = Resetting(app.build_middleware_stack())
    elif kind:
        app.user_middleware.append(Middleware(Behaviour, kind=kind))  # the flaw is the service's own, so it tells of it
    serve_app(app, config)


if __name__ == "__main__":
    main()
