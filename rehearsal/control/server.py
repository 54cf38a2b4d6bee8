"""The API's HTTP server."""

from __future__ import annotations

import logging
import threading
from email.utils import formatdate
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from rehearsal.control.app import Application
from rehearsal.world import World


class _Handler(MotoRequestHandler):  # type: ignore[misc]  # moto ships no types for it
    protocol_version = "HTTP/1.1"  # keep-alive: a client makes hundreds of calls

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the cloud's time for the header ``Date``, by which clients know it."""
        clock = self.server.app.world.clock
        return formatdate(clock.now() if timestamp is None else timestamp, usegmt=True)

    def log_request(self, *args: Any) -> None:
        """Say nothing: calls are counted, and ``rehearsal status`` shows them."""


class Server:
    """moto and the overlay on a port of their own.

    Args:
        world: gets the endpoint.
        port: 0 takes a free one.
    """

    def __init__(self, world: World, port: int = 0) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.http: BaseWSGIServer = make_server(
            "127.0.0.1", port, Application(world), threaded=True, request_handler=_Handler
        )
        world.endpoint = f"http://127.0.0.1:{self.http.server_port}"
        self._thread = threading.Thread(target=self.http.serve_forever, name="api", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self.http.shutdown()
        self.http.server_close()
