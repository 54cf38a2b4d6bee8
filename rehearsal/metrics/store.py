"""All metrics of the account, as CloudWatch keeps them."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.metrics.histogram import Histogram

MINUTE = 60
#: Virtual seconds for which data of one-minute resolution are kept.
KEPT = 15 * 24 * 3600
Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """What names a metric."""

    region: str
    namespace: str
    name: str
    dimensions: Dimensions = ()

    @classmethod
    def of(cls, region: str, document: Mapping[str, Any]) -> Metric:
        """Return the metric of a document with Namespace, MetricName and Dimensions."""
        return cls(region, document["Namespace"], document["MetricName"], dimensions(document.get("Dimensions", ())))

    def as_dict(self) -> dict[str, Any]:
        """Return it in the API's own form."""
        pairs = [{"Name": name, "Value": value} for name, value in self.dimensions]
        return {"Namespace": self.namespace, "MetricName": self.name, "Dimensions": pairs}


def dimensions(pairs: Iterable[Mapping[str, str]]) -> Dimensions:
    """Return dimensions in an order of their own."""
    return tuple(sorted((pair["Name"], pair["Value"]) for pair in pairs))


class Store:
    """Data by metric and second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._series: defaultdict[Metric, dict[int, Histogram]] = defaultdict(dict)

    def put(self, metric: Metric, moment: float, data: Histogram, resolution: int = MINUTE) -> None:
        """Add data to the minute, or the second, of a moment."""
        start = int(moment) // resolution * resolution
        with self._lock:
            series = self._series[metric]
            series.setdefault(start, Histogram()).merge(data)
            oldest = next(iter(series))
            if oldest < start - KEPT:
                del series[oldest]

    def add(self, metric: Metric, moment: float, value: float, times: float = 1) -> None:
        """Add a value."""
        data = Histogram()
        data.add(value, times)
        self.put(metric, moment, data)

    def periods(self, metric: Metric, start: int, end: int, period: int, now: float) -> dict[int, Histogram]:
        """Return the data of each period that begins in ``start`` to ``end``; a period without data is missing.

        AWS's own metrics arrive a minute at a time: a minute that is not over is not there yet.
        """
        latest = now - MINUTE if metric.namespace.startswith("AWS/") else now
        merged: dict[int, Histogram] = {}
        with self._lock:
            for moment, data in self._series.get(metric, {}).items():
                begin = moment // period * period
                if start <= begin < end and moment <= latest:
                    merged.setdefault(begin, Histogram()).merge(data)
        return merged

    def metrics(self) -> list[Metric]:
        """Return all metrics there are."""
        with self._lock:
            return list(self._series)
