"""A thread that does the same again and again: what makes a mover act by itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

LOG = logging.getLogger(__name__)


class Loop:
    """Acts, pauses, and acts again; what goes wrong is logged and tried again the next time.

    Args:
        name: for the log.
        act: one round.
        pause: real seconds until the next round, asked for after each.
    """

    def __init__(self, name: str, act: Callable[[], object], pause: Callable[[], float]) -> None:
        self._name, self._act, self._pause = name, act, pause
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Act at once instead of after the pause."""
        self._wake.set()

    def stop(self, within: float = 5.0) -> None:
        """End after the present round; wait for it at most ``within`` real seconds."""
        self._stopping.set()
        self.wake()
        if self._thread.is_alive():
            self._thread.join(within)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._act()
            except Exception:
                LOG.exception(self._name)
            self._wake.wait(self._pause())
            self._wake.clear()
