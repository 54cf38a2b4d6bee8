"""The HTTP server, and how it leaves: readiness says no first, requests in flight finish, then connections close."""

from __future__ import annotations

import asyncio
import logging
import sys
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from app import telemetry
from app.asgi import create_app
from app.config import Config, ConfigError
from app.telemetry import logs
from app.telemetry.settings import Settings, SettingsError

LOG = logging.getLogger("app")
#: Longer than a load balancer keeps an idle connection (60 s): the side that sends requests must be the one to close.
KEEP_ALIVE_SECONDS = 75
IN_FLIGHT_SECONDS = 20


class DrainingServer(uvicorn.Server):
    """Goes on serving for a while after the first signal, with ``/readyz`` saying no.

    Args:
        config: uvicorn's.
        app: gets ``state.draining``.
        drain_seconds: the while.
    """

    def __init__(self, config: uvicorn.Config, app: Starlette, drain_seconds: float) -> None:
        super().__init__(config)
        self.app = app
        self.drain_seconds = drain_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain at the first signal, leave at the second; uvicorn's own way would end with the signal, not with 0."""
        del sig, frame
        if self.app.state.draining:
            self._leave()
            return
        LOG.info("draining")
        self.app.state.draining = True
        asyncio.get_running_loop().call_later(self.drain_seconds, self._leave)

    def _leave(self) -> None:
        self.should_exit = True


def create() -> tuple[Starlette, Config]:
    """Return the application of this process's environment; one with a mistake in it ends the process."""
    try:
        settings = Settings.read()
        logs.set_up(settings)
        config = Config.read()
    except (ConfigError, SettingsError) as error:
        logs.set_up(Settings())
        LOG.critical("%s", error)
        sys.exit(2)
    return create_app(config, telemetry.set_up(settings)), config


def serve() -> None:
    """Serve until told to end."""
    serve_app(*create())


def serve_app(app: Starlette, config: Config) -> None:
    """Serve an application under a configuration."""
    settings = uvicorn.Config(
        app,
        host=config.host,
        port=config.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=IN_FLIGHT_SECONDS,
    )
    DrainingServer(settings, app, config.drain_seconds).run()
