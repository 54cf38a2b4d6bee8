"""Metrics in CloudWatch's embedded metric format: lines on standard output, so nothing is called and no agent needed.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .settings import Settings

if TYPE_CHECKING:
    from .exposition import Exposition

#: Values of a metric in one line, by the format; values kept between two lines; names of counters. Bounds of memory.
MOST_VALUES, KEPT, MOST_NAMES = 100, 20_000, 50
DIMENSIONS = [["service"], ["service", "version"]]
SERVER_ERRORS = 500


class Metrics:
    """Counts for some seconds, then writes: lines do not grow with the load, and do not depend on the level of logs.

    Args:
        settings: name the service and the namespace.
        write: takes a line.
        exposition: what Prometheus reads, if it does.
    """

    def __init__(
        self,
        settings: Settings,
        write: Callable[[str], Any] | None = None,
        exposition: Exposition | None = None,
    ) -> None:
        self._settings, self._exposition = settings, exposition
        self._write = write or _to_stdout
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._latencies: list[float] = []
        self._counts: defaultdict[str, float] = defaultdict(float)
        self._thread = threading.Thread(target=self._flush_now_and_then, name="metrics", daemon=True)
        if settings.namespace:
            self._thread.start()

    def request(self, milliseconds: float, status: int) -> None:
        """Count a request that was served."""
        with self._lock:
            if len(self._latencies) < KEPT:
                self._latencies.append(round(milliseconds, 2))
            self._counts["Requests"] += 1
            self._counts["Errors"] += status >= SERVER_ERRORS
        if self._exposition:
            self._exposition.request(milliseconds / 1000, status)

    def count(self, name: str, number: float = 1) -> None:
        """Count something that the business cares for, such as notes created."""
        with self._lock:
            if name in self._counts or len(self._counts) < MOST_NAMES:
                self._counts[name] += number
        if self._exposition:
            self._exposition.count(name, number)

    def flush(self) -> None:
        """Write what was counted since the last time."""
        with self._lock:
            latencies, self._latencies = self._latencies, []
            counts, self._counts = dict(self._counts), defaultdict(float)
        if not self._settings.namespace:
            return
        parts = [latencies[at : at + MOST_VALUES] for at in range(0, len(latencies), MOST_VALUES)]
        for number, part in enumerate(parts or [[]] * bool(counts)):
            self._write(json.dumps(self._document(part, counts if number == 0 else {})))

    def stop(self) -> None:
        """Write the rest."""
        self._ended.set()
        self.flush()
        if self._exposition:
            self._exposition.stop()

    def _flush_now_and_then(self) -> None:
        while not self._ended.wait(self._settings.metrics_seconds):
            self.flush()

    def _document(self, latencies: list[float], counts: dict[str, float]) -> dict[str, Any]:
        units = {**({"Latency": "Milliseconds"} if latencies else {}), **dict.fromkeys(counts, "Count")}
        directive = {
            "Namespace": self._settings.namespace,
            "Dimensions": DIMENSIONS,
            "Metrics": [{"Name": name, "Unit": unit} for name, unit in units.items()],
        }
        return {
            "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]},
            "service": self._settings.service,
            "version": self._settings.version,
            "environment": self._settings.environment,
            **({"Latency": latencies} if latencies else {}),
            **counts,
        }


def _to_stdout(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
