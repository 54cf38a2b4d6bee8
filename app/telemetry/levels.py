"""The level of logs, changed while the service runs: it follows an SSM parameter."""

from __future__ import annotations

import logging
import threading
from typing import Any

from .settings import LEVELS, Settings

LOG = logging.getLogger("app.telemetry")
#: Value of the parameter with which the level is that of the environment.
DEFAULT = "default"


def follow(settings: Settings) -> threading.Thread:
    """Look at the parameter now and then, in a thread that ends with the process."""
    thread = threading.Thread(target=_follow, args=(settings, threading.Event()), name="log level", daemon=True)
    thread.start()
    return thread


def _follow(settings: Settings, ended: threading.Event) -> None:
    client, failed = None, False
    while not ended.wait(settings.level_seconds):
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  most of a second, not at the start

        try:
            client = client or _client()
            value = client.get_parameter(Name=settings.level_parameter)["Parameter"]["Value"]
        except (BotoCoreError, ClientError) as error:
            LOG.log(logging.DEBUG if failed else logging.WARNING, "log level: cannot read the parameter: %s", error)
            failed = True
            continue
        failed = False
        apply(value, settings)


def _client() -> Any:
    import botocore.session  # noqa: PLC0415  as above

    return botocore.session.get_session().create_client("ssm")


def apply(value: str, settings: Settings) -> None:
    """Log from a level on; a value that is none is told of and changes nothing."""
    wanted = settings.level if value == DEFAULT else value.lower()
    if wanted not in LEVELS:
        allowed = ", ".join((DEFAULT, *LEVELS))
        LOG.warning("log level: %s is %r; allowed are %s", settings.level_parameter, value[:40], allowed)
        return
    root, number = logging.getLogger(), logging.getLevelNamesMapping()[wanted.upper()]
    if root.level != number:
        root.setLevel(number)
        LOG.warning("log level is %s now", wanted)
