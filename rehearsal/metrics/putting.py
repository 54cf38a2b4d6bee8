"""Data as clients send them, into the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.metrics.histogram import Histogram
from rehearsal.metrics.kept import metrics, seconds
from rehearsal.metrics.store import MINUTE, Metric
from rehearsal.world import World


def put(world: World, region: str, namespace: str, datum: Mapping[str, Any]) -> None:
    """Add one datum of PutMetricData."""
    metric = Metric.of(region, {**datum, "Namespace": namespace})
    at = seconds(datum["Timestamp"]) if "Timestamp" in datum else world.clock.now()
    resolution = int(datum.get("StorageResolution", MINUTE))
    metrics(world).put(metric, at, histogram(datum), datum.get("Unit", "None"), resolution)


def histogram(datum: Mapping[str, Any]) -> Histogram:
    """Return the values of a datum."""
    known = datum.get("StatisticValues")
    if known:
        numbers = (known["SampleCount"], known["Sum"], known["Minimum"], known["Maximum"])
        return Histogram.summary(*map(float, numbers))
    values = datum.get("Values", [datum.get("Value", 0)])
    data = Histogram()
    for value, times in zip(values, datum.get("Counts") or [1] * len(values), strict=True):
        data.add(float(value), float(times))
    return data
