"""Saved queries of CloudWatch Logs Insights."""

from __future__ import annotations

from ..adapter import Adapter
from ..compare import Changes
from ..resource import Resource, State

MISSING = ("ResourceNotFoundException",)


class LogsQueryDefinition(Adapter):
    """A saved query, told by its name, which AWS would let several have."""

    service = "logs"
    create_operation = "PutQueryDefinition"
    required = ("name", "queryString")
    identity = ("name",)
    unordered = ("logGroupNames",)
    computed = ("queryDefinitionId",)
    taggable = False

    def find_one(self, resource: Resource) -> State | None:
        """Return the one of its name; of several always the same."""
        return min(self._named(resource), key=lambda one: str(one["queryDefinitionId"]), default=None)

    def _named(self, resource: Resource) -> list[State]:
        """Look for the name among those that begin with it."""
        name = resource.properties["name"]
        listed = self.cloud.read("logs", "describe_query_definitions", queryDefinitionNamePrefix=name)
        return [one for one in listed["queryDefinitions"] if one["name"] == name]

    def create(self, resource: Resource) -> None:
        """Save it."""
        self.write("put_query_definition", **resource.properties)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Save it anew."""
        del changes
        self.write("put_query_definition", **resource.properties, queryDefinitionId=state["queryDefinitionId"])

    def delete(self, resource: Resource, state: State) -> None:
        """Delete all of its name."""
        del state
        for one in self._named(resource):
            self.write_unless("delete_query_definition", MISSING, queryDefinitionId=one["queryDefinitionId"])


ADAPTER = LogsQueryDefinition
