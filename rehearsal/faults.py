"""Faults that can be ordered: what real clouds and real machines do to a run."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from typing import Any

KINDS = ("throttle", "error", "latency", "lost-answer", "cut-answer", "web-page", "stale-reads", "kill-after-write")
#: Those that act before a call is carried out.
REFUSING = frozenset({"throttle", "error", "latency"})
#: Those that spoil the answer to a call that was carried out.
SPOILING = frozenset({"cut-answer", "web-page"})


@dataclass
class Fault:
    """One order.

    Attributes:
        kind: one of KINDS.
        service: boto3's name of a service, ``*`` for all.
        operation: an API operation, ``*`` for all.
        rate: share of the calls it hits, 0 to 1.
        code: AWS error code for ``error``.
        milliseconds: what ``latency`` adds.
        writes: for ``kill-after-write``, changing calls of the service and operation until the process is killed.
        pid: for ``kill-after-write``, the process.
        before_answer: kill when the call was executed, before its answer goes out.
        group: kill the process's whole group.
        seconds: for ``stale-reads``, virtual seconds in which a write may not show.
        seed: of chance; 0 draws anew each time.
        caller: name of a role: only calls of tasks that have it are hit. Empty for the calls of everybody.
    """

    kind: str
    service: str = "*"
    operation: str = "*"
    rate: float = 1.0
    code: str = "InternalFailure"
    milliseconds: int = 0
    writes: int = 0
    pid: int = 0
    before_answer: bool = False
    group: bool = False
    seconds: float = 0.0
    seed: int = 0
    caller: str = ""

    def __post_init__(self) -> None:
        """Make chance of its own."""
        self._chance = random.Random(self.seed or None)  # noqa: S311  no secret depends on it

    def mistake(self) -> str:
        """Return what is wrong with the order, empty when nothing is."""
        if self.kind not in KINDS:
            return f"fault is {self.kind!r}; allowed are {', '.join(KINDS)}"
        if not 0 < self.rate <= 1:
            return f"rate is {self.rate:g}; it must be above 0 and at most 1"
        if self.kind == "latency" and self.milliseconds <= 0:
            return f"latency of {self.milliseconds} ms; give --milliseconds N, at least 1"
        if self.kind == "stale-reads" and self.seconds <= 0:
            return f"stale-reads for {self.seconds:g} s; give --seconds N, above 0"
        if self.kind == "kill-after-write" and (self.writes < 1 or self.pid < 1):
            return f"kill-after-write got {self.writes} writes and process {self.pid}; give --writes N and --pid PID"
        return ""

    def hits(self, service: str, operation: str, caller: str = "") -> bool:
        """Say whether a call is hit, by chance where the rate says so."""
        fits = self.service in {"*", service} and self.operation in {"*", operation} and self.caller in {"", caller}
        return fits and self._chance.random() < self.rate


class Faults:
    """The orders in force, and a count of the calls made."""

    def __init__(self) -> None:
        self.orders: list[Fault] = []
        self.calls: Counter[str] = Counter()
        self.writes = 0
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Put an order in force.

        Raises:
            ValueError: it makes no sense; the message says what is allowed.
        """
        if fault.mistake():
            raise ValueError(fault.mistake())
        with self._lock:
            self.orders.append(fault)

    def clear(self) -> None:
        """End all orders and start counting anew."""
        with self._lock:
            self.orders.clear()
            self.calls.clear()
            self.writes = 0

    def refusal(self, service: str, operation: str, caller: str = "") -> tuple[str, str, int] | None:
        """Wait as ordered; return code, message and HTTP status when the call is to be refused.

        Args:
            service: boto3's name.
            operation: of the API.
            caller: name of the role of the task that calls; empty for others.
        """
        for fault in list(self.orders):
            if fault.kind not in REFUSING or not fault.hits(service, operation, caller):
                continue
            if fault.kind == "latency":
                time.sleep(fault.milliseconds / 1000)
            elif fault.kind == "throttle":
                return "ThrottlingException", "Rate exceeded", 400
            elif fault.kind == "error":
                return fault.code, f"ordered by rehearsal fault: {fault.code}", 500
        return None

    def loses_answer(self, service: str, operation: str) -> bool:
        """Say whether the answer to a write that was carried out is to be lost on its way."""
        return any(self._hitting({"lost-answer"}, service, operation))

    def spoils(self, service: str, operation: str) -> str:
        """Return how the answer to a call that was carried out is to be spoilt: one of SPOILING, or nothing."""
        return next((fault.kind for fault in self._hitting(SPOILING, service, operation)), "")

    def stale_for(self, service: str, operation: str) -> float:
        """Return how many virtual seconds old a read's answer may be, 0 where it must be the newest."""
        return max((fault.seconds for fault in self._hitting({"stale-reads"}, service, operation)), default=0.0)

    def _hitting(self, kinds: Collection[str], service: str, operation: str) -> Iterator[Fault]:
        """Yield the orders of these kinds that hit a call; each is asked as it comes, since being asked counts."""
        return (fault for fault in list(self.orders) if fault.kind in kinds and fault.hits(service, operation))

    @property
    def may_be_stale(self) -> bool:
        """Whether answers are to be remembered."""
        return any(fault.kind == "stale-reads" for fault in list(self.orders))

    def count(self, service: str, operation: str, *, write: bool) -> None:
        """Count a call that was executed, and kill who is to be killed before its answer."""
        with self._lock:
            self.calls[f"{service}.{operation}"] += 1
            self.writes += write
            due = self._due(service, operation) if write else []
        for fault in due:
            if fault.before_answer:
                self._kill(fault)

    def answered(self) -> None:
        """Kill who is to be killed after the answer to a write."""
        for fault in list(self.orders):
            if fault.kind == "kill-after-write" and fault.writes <= 0 and not fault.before_answer:
                self._kill(fault)

    def _due(self, service: str, operation: str) -> list[Fault]:
        kills = (fault for fault in self.orders if fault.kind == "kill-after-write")
        orders = [fault for fault in kills if fault.hits(service, operation)]
        for fault in orders:
            fault.writes -= 1
        return [fault for fault in orders if fault.writes <= 0]

    def _kill(self, fault: Fault) -> None:
        with self._lock:
            if fault not in self.orders:
                return
            self.orders.remove(fault)
        with contextlib.suppress(ProcessLookupError):
            if fault.group:
                os.killpg(os.getpgid(fault.pid), signal.SIGKILL)
            else:
                os.kill(fault.pid, signal.SIGKILL)

    def as_dict(self) -> dict[str, Any]:
        """Return orders and counts for ``rehearsal status``."""
        with self._lock:
            return {
                "orders": [asdict(fault) for fault in self.orders],
                "calls": dict(self.calls),
                "writes": self.writes,
            }
