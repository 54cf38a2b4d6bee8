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
        pairs = document.get("Dimensions") or ()
        return cls(region, document.get("Namespace", ""), document["MetricName"], dimensions(pairs))

    def as_dict(self) -> dict[str, Any]:
        """Return it in the API's own form."""
        pairs = [{"Name": name, "Value": value} for name, value in self.dimensions]
        return {"Namespace": self.namespace, "MetricName": self.name, "Dimensions": pairs}


@dataclass(frozen=True, slots=True)
class Span:
    """Periods in a row.

    Attributes:
        start: first second, where the first period begins.
        end: the second after the last one.
        period: in seconds.
        now: virtual time of whoever looks.
    """

    start: int
    end: int
    period: int
    now: float


def dimensions(pairs: Iterable[Mapping[str, str]]) -> Dimensions:
    """Return dimensions in an order of their own."""
    return tuple(sorted((pair["Name"], pair["Value"]) for pair in pairs))


class Store:
    """Data by metric and second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._series: defaultdict[Metric, dict[int, Histogram]] = defaultdict(dict)
        self._fine: set[Metric] = set()
        self._units: dict[Metric, str] = {}

    def put(self, metric: Metric, moment: float, data: Histogram, unit: str = "None", resolution: int = MINUTE) -> None:
        """Add data to the minute, or the second, of a moment."""
        start = int(moment) // resolution * resolution
        with self._lock:
            series = self._series[metric]
            series.setdefault(start, Histogram()).merge(data)
            self._units[metric] = unit
            if resolution < MINUTE:
                self._fine.add(metric)
            oldest = next(iter(series))
            if oldest < start - KEPT:
                del series[oldest]

    def add(self, metric: Metric, moment: float, value: float, unit: str = "None", times: float = 1) -> None:
        """Add a value."""
        data = Histogram()
        data.add(value, times)
        self.put(metric, moment, data, unit)

    def unit(self, metric: Metric) -> str:
        """Return the unit that a metric was last put with."""
        return self._units.get(metric, "None")

    def periods(self, metric: Metric, span: Span, *, sums: bool = False) -> dict[int, Histogram]:
        """Return the data of each period by its begin, on demand without distributions; one without data is missing.

        AWS's own metrics arrive a minute at a time: a minute that is not over is not there yet.
        """
        latest = span.now - MINUTE if metric.namespace.startswith("AWS/") else span.now
        merged: dict[int, Histogram] = {}
        merge = Histogram.merge_sums if sums else Histogram.merge
        with self._lock:
            series = self._series.get(metric, {})
            for moment in self._moments(metric, series, span):
                if span.start <= moment < span.end and moment <= latest and moment in series:
                    begin = moment - (moment - span.start) % span.period
                    merge(merged.setdefault(begin, Histogram()), series[moment])
        return merged

    def _moments(self, metric: Metric, series: Mapping[int, Histogram], span: Span) -> Iterable[int]:
        """Return the moments to look at: those there are, or those there could be, whichever are fewer."""
        first = span.start // MINUTE * MINUTE
        if metric in self._fine or len(series) * MINUTE < span.end - first:
            return list(series)
        return range(first, span.end, MINUTE)

    def metrics(self, region: str) -> list[Metric]:
        """Return all metrics of a region."""
        with self._lock:
            return [metric for metric in self._series if metric.region == region]

    def latest(self, metric: Metric) -> int:
        """Return the newest moment that a metric has data of."""
        with self._lock:
            return max(self._series[metric])
