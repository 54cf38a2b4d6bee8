"""What clients ask while somebody listens: each read with its parameters, and how long any call was being answered."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tape:
    """What was recorded.

    Attributes:
        reads: how often each was made, by service, operation and parameters as JSON.
        calls: number of all calls.
        first: seconds since 1970 at the first call, 0 without one.
        busy: seconds in which at least one call was being answered.
        running: calls that are.
        since: when the first of those began.
    """

    reads: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    first: float = 0.0
    busy: float = 0.0
    running: int = 0
    since: float = 0.0

    def begin(self, read: str, now: float) -> None:
        """Note the begin of a call; ``read`` is empty for one that changes something."""
        self.first = self.first or now
        self.calls += 1
        self.since = self.since if self.running else now
        self.running += 1
        if read:
            self.reads[read] += 1

    def end(self, now: float) -> None:
        """Note the end of a call."""
        self.running -= 1
        if not self.running:
            self.busy += now - self.since


class Recording:
    """Records from ``order_start`` to ``order_stop``; ``now`` tells the seconds since 1970."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._tape: Tape | None = None
        self._lock = threading.Lock()

    def order_start(self) -> None:
        """Begin anew."""
        self._tape = Tape()

    def order_stop(self) -> dict[str, Any]:
        """End, and return the reads, each once with how often it was made, and the figures of :class:`Tape`."""
        tape, self._tape = self._tape or Tape(), None
        with self._lock:
            reads = [{**json.loads(key), "times": times} for key, times in tape.reads.items()]
            return {"reads": reads, "calls": tape.calls, "first": tape.first, "busy": tape.busy}

    @contextmanager
    def call(self, service: str, operation: str, parameters: dict[str, Any], *, write: bool) -> Iterator[None]:
        """Note a call while it is answered, if somebody listens."""
        tape = self._tape
        if tape is None:
            yield
            return
        told = {"service": service, "operation": operation, "parameters": parameters}
        read = "" if write else json.dumps(told, sort_keys=True, default=str)
        with self._lock:
            tape.begin(read, self._now())
        try:
            yield
        finally:
            with self._lock:
                tape.end(self._now())
