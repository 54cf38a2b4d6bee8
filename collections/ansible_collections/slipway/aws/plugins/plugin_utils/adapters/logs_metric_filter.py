"""Metric filters: numbers that CloudWatch Logs counts in a log group."""

from __future__ import annotations

from ..adapter import Adapter
from ..compare import Changes
from ..resource import Resource, State

MISSING = ("ResourceNotFoundException",)


class LogsMetricFilter(Adapter):
    """A filter by its name and log group."""

    service = "logs"
    create_operation = "PutMetricFilter"
    required = ("logGroupName", "filterName", "filterPattern", "metricTransformations")
    identity = ("logGroupName", "filterName")
    taggable = False

    def find_one(self, resource: Resource) -> State | None:
        """List the group's filters once, and match by name."""
        group, name = resource.properties["logGroupName"], resource.properties["filterName"]
        listed = self.cloud.cached(("metric_filters", group), lambda: self._listed(group))
        return next((one for one in listed if one["filterName"] == name), None)

    def _listed(self, group: str) -> list[State]:
        if self.read_or_none("describe_metric_filters", MISSING, logGroupName=group, limit=1) is None:
            return []
        return self.cloud.pages("logs", "describe_metric_filters", "metricFilters", logGroupName=group)

    def create(self, resource: Resource) -> None:
        """Put the filter."""
        self.write("put_metric_filter", **resource.properties)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put the filter as declared, whole."""
        del state, changes
        self.create(resource)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the filter."""
        del resource
        name = {"logGroupName": state["logGroupName"], "filterName": state["filterName"]}
        self.write_unless("delete_metric_filter", MISSING, **name)


ADAPTER = LogsMetricFilter
