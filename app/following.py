"""Asks AWS the same question again and again while the service runs."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any, Protocol

LOG = logging.getLogger("app")


class Question(Protocol):
    """What is asked: ``pause`` is the number of seconds until it is asked again."""

    pause: float

    def ask(self) -> None:
        """Ask once."""


def follow(question: Question, name: str) -> threading.Thread:
    """Ask at once and then again and again, in a thread that ends with the process."""
    thread = threading.Thread(target=_follow, args=(question, name), name=name, daemon=True)
    thread.start()
    return thread


def _follow(question: Question, name: str) -> None:
    while True:
        try:
            question.ask()
        except Exception:
            LOG.exception(name)
        time.sleep(question.pause)


def client(service: str, patience: int, region: str | None = None, attempts: int = 1) -> Any:
    """Return a client that waits for so many seconds, and asks once where the next question comes soon enough."""
    import botocore.session  # noqa: PLC0415  slow, and most services ask nothing
    from botocore.config import Config  # noqa: PLC0415

    settings = Config(connect_timeout=patience, read_timeout=patience, retries={"total_max_attempts": attempts})
    return botocore.session.get_session().create_client(service, region_name=region, config=settings)
