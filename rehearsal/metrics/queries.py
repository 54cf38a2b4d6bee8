"""Metric data queries: a metric's statistic, or an expression over other queries."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.metrics.expressions import ExpressionError, Scope, Series, evaluate, names
from rehearsal.metrics.histogram import Histogram
from rehearsal.metrics.statistics import SIMPLE, statistic
from rehearsal.metrics.store import Metric, Span, Store

Query = Mapping[str, Any]


def period_of(queries: Sequence[Query]) -> int:
    """Return the period of a set of queries, in seconds."""
    periods = [int(query["MetricStat"]["Period"]) for query in queries if "MetricStat" in query]
    return max(periods, default=int(next((query["Period"] for query in queries if "Period" in query), 60)))


class Reading:
    """Answers queries over a stretch of time.

    Args:
        store: all metrics.
        region: of the queries.
        start: first second, where the first period begins.
        end: the second after the last one.
        now: virtual time.
    """

    def __init__(self, store: Store, region: str, start: float, end: float, now: float) -> None:
        self.store = store
        self.region = region
        self.start, self.end = int(start), int(end)
        self.now = now

    def metric(self, document: Mapping[str, Any], stat: str, period: int, unit: str | None = None) -> Series:
        """Return a statistic of a metric, by the begin of each period that has data."""
        compute = statistic(stat)
        found = self.data(document, period, unit, sums=stat in SIMPLE)
        values = {at: compute(data) for at, data in found.items()}
        return {at: value for at, value in values.items() if not math.isnan(value)}

    def data(
        self, document: Mapping[str, Any], period: int, unit: str | None = None, *, sums: bool = False
    ) -> dict[int, Histogram]:
        """Return what a metric has of each period, oldest first; nothing when its unit is another one."""
        metric = Metric.of(self.region, document)
        if unit and unit != self.store.unit(metric):
            return {}
        span = Span(self.start, self.end, period, self.now)
        return dict(sorted(self.store.periods(metric, span, sums=sums).items()))

    def all(self, queries: Sequence[Query]) -> dict[str, Series]:
        """Return the result of each query by its id.

        Raises:
            ExpressionError: an expression is wrong, or names no query.
        """
        results: dict[str, Any] = {}
        by_id = {query["Id"]: query for query in queries}
        for name in by_id:
            self._answer(name, by_id, results, ())
        return {name: self._series(results[name], period_of(queries)) for name in by_id}

    def _answer(self, name: str, by_id: Mapping[str, Query], results: dict[str, Any], above: tuple[str, ...]) -> None:
        if name in results:
            return
        if name not in by_id or name in above:
            raise ExpressionError(f"Error in expression: Unknown identifier or circle: {name}")
        query = by_id[name]
        if "MetricStat" in query:
            stat = query["MetricStat"]
            results[name] = self.metric(stat["Metric"], stat["Stat"], int(stat["Period"]), stat.get("Unit"))
            return
        needed = names(query["Expression"]) or {other for other in by_id if "MetricStat" in by_id[other]}
        if "METRICS" in query["Expression"]:
            needed |= {other for other in by_id if "MetricStat" in by_id[other]}
        for other in sorted(needed):
            self._answer(other, by_id, results, (*above, name))
        results[name] = evaluate(query["Expression"], self._scope(by_id, results, query))

    def _scope(self, by_id: Mapping[str, Query], results: dict[str, Any], query: Query) -> Scope:
        period = int(query.get("Period") or period_of(list(by_id.values())))
        metrics = dict(results)
        return Scope(metrics, self._moments(period), period)

    def _moments(self, period: int) -> tuple[int, ...]:
        return tuple(range(self.start, self.end, period))

    def _series(self, value: Any, period: int) -> Series:
        if isinstance(value, dict):
            return value
        if isinstance(value, list):
            raise ExpressionError("the expression returns several time series; an alarm and a query need one")
        return dict.fromkeys(self._moments(period), float(value))
