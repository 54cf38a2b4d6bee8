"""Saved queries of CloudWatch Logs Insights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..adapter import Adapter
from ..compare import Changes
from ..resource import Resource, State

GONE = ("ResourceNotFoundException",)


class LogsQueryDefinition(Adapter):
    """A saved query, found by its name; slashes in it make folders. It has no tags."""

    service = "logs"
    create_operation = "PutQueryDefinition"
    required = ("name", "queryString")
    identity = ("name",)
    unordered = ("logGroupNames",)
    defaults = {"logGroupNames": ()}  # noqa: RUF012  the base class says ClassVar
    computed = ("queryDefinitionId",)
    taggable = False

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List all of them once."""
        wanted = {resource.properties["name"]: resource for resource in resources}
        listed = self.cloud.pages("logs", "describe_query_definitions", "queryDefinitions")
        return {wanted[item["name"]].name: _state(item) for item in listed if item["name"] in wanted}

    def create(self, resource: Resource) -> None:
        """Put it."""
        self.write("put_query_definition", **resource.properties)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put it whole under its id; without the id there would be two."""
        del changes
        self.write("put_query_definition", **resource.properties, queryDefinitionId=state["queryDefinitionId"])

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it."""
        del resource
        self.write_unless("delete_query_definition", GONE, queryDefinitionId=state["queryDefinitionId"])


def _state(item: dict[str, Any]) -> State:
    return {"logGroupNames": [], **item}


ADAPTER = LogsQueryDefinition
