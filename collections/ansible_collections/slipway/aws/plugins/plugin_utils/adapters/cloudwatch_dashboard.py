"""Dashboards, whose body is compared as data."""

from __future__ import annotations

import json
from typing import Any

from ..adapter import Adapter, tag_dict, tag_list
from ..compare import Changes
from ..resource import ConvergeError, Resource, State

MISSING = ("ResourceNotFound", "DashboardNotFoundError")


class CloudwatchDashboard(Adapter):
    """A dashboard. ``DashboardBody`` is JSON text or the data itself; AWS keeps the text as it was put."""

    service = "cloudwatch"
    create_operation = "PutDashboard"
    required = ("DashboardName", "DashboardBody")
    identity = ("DashboardName",)
    documents = ("DashboardBody",)
    computed = ("DashboardArn",)

    def find_one(self, resource: Resource) -> State | None:
        """Read body and tags; AWS has no call for several."""
        found = self.read_or_none("get_dashboard", MISSING, DashboardName=resource.properties["DashboardName"])
        if found is None:
            return None
        tags = self.cloud.read("cloudwatch", "list_tags_for_resource", ResourceARN=found["DashboardArn"])["Tags"]
        return {**found, "Tags": tag_dict(tags)}

    def create(self, resource: Resource) -> None:
        """Put it with tags."""
        self._put(resource, Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put the body; tags have calls of their own."""
        if "DashboardBody" in changes:
            self._put(resource)
        self.mend_tags(state["DashboardArn"], changes)

    def _put(self, resource: Resource, **more: Any) -> None:
        """Put the body; AWS takes one with mistakes in it and names them in its answer.

        Raises:
            ConvergeError: it has mistakes, such as an unknown property of a widget.
        """
        body = resource.properties["DashboardBody"]
        text = body if isinstance(body, str) else json.dumps(body)
        name = resource.properties["DashboardName"]
        answer = self.write("put_dashboard", DashboardName=name, DashboardBody=text, **more)
        told = answer.get("DashboardValidationMessages")
        if told:
            mistakes = "; ".join(f"{item.get('DataPath')}: {item['Message']}" for item in told)
            raise ConvergeError(f"{name} was put with mistakes in DashboardBody: {mistakes}")

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it."""
        del resource
        self.write_unless("delete_dashboards", MISSING, DashboardNames=[state["DashboardName"]])


ADAPTER = CloudwatchDashboard
