"""IAM Access Analyzer: who outside of the account can reach what; one analyzer an account and region does."""

from __future__ import annotations

from ..compare import Changes
from ..resource import Resource, State
from ._singleton import Singleton

MISSING = ("ResourceNotFoundException",)


class AccessanalyzerAnalyzer(Singleton):
    """An analyzer; another of the same type is adopted."""

    service = "accessanalyzer"
    create_operation = "CreateAnalyzer"
    required = ("analyzerName", "type")
    identity = ("type",)
    immutable = ("analyzerName", "type")
    computed = ("arn",)

    def look(self, resource: Resource) -> State | None:
        """Look for one of the type, ours first."""
        kind, name = resource.properties["type"], resource.properties["analyzerName"]
        found = self.cloud.pages("accessanalyzer", "list_analyzers", "analyzers", type=kind)
        for one in sorted(found, key=lambda analyzer: analyzer["name"] != name):
            return {"analyzerName": one["name"], "type": kind, "arn": one["arn"], "Tags": one.get("tags", {})}
        return None

    def ours(self, resource: Resource, state: State) -> bool:
        """Tell it by its name."""
        return bool(state["analyzerName"] == resource.properties["analyzerName"])

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        self.write("create_analyzer", **resource.properties, tags=resource.tags)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend the tags; nothing else can change."""
        del resource
        self.mend_tags(state["arn"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the analyzer."""
        del resource
        self.write_unless("delete_analyzer", MISSING, analyzerName=state["analyzerName"])


ADAPTER = AccessanalyzerAnalyzer
