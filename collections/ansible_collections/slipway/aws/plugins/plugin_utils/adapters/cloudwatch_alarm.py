"""Metric alarms, with metric maths."""

from __future__ import annotations

from typing import Any

from ..resource import Resource, State
from ._cloudwatch import ACTIONS, AlarmAdapter
from ._order import ordered_like


class CloudwatchAlarm(AlarmAdapter):
    """An alarm on a metric, or on an expression over ``Metrics``. Every field is compared."""

    create_operation = "PutMetricAlarm"
    kind = ("MetricAlarm", "MetricAlarms")
    exact = ("Dimensions",)
    defaults = {  # noqa: RUF012  the base class says ClassVar
        **ACTIONS,
        **dict.fromkeys(("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit")),
        **dict.fromkeys(("DatapointsToAlarm", "EvaluateLowSampleCountPercentile", "ThresholdMetricId")),
        "Dimensions": (),
        "Metrics": (),
        "TreatMissingData": "missing",
    }

    def state(self, item: dict[str, Any], resource: Resource) -> State:
        """Fill in AWS's defaults, also inside of metric queries."""
        state = super().state(item, resource)
        metrics = [_query(query) for query in state["Metrics"]]
        return {**state, "Metrics": ordered_like(resource.properties.get("Metrics"), metrics)}


def _query(query: dict[str, Any]) -> dict[str, Any]:
    return {"ReturnData": True, **query}


ADAPTER = CloudwatchAlarm
