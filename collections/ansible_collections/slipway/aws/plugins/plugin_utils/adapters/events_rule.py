"""EventBridge rules with their targets."""

from __future__ import annotations

import json
from typing import Any

from ..adapter import Adapter, tag_dict, tag_list, without
from ..compare import Changes
from ..resource import Resource, State

MISSING = ("ResourceNotFoundException",)


class EventsRule(Adapter):
    """A rule. ``Targets``, when given, are whole."""

    service = "events"
    create_operation = "PutRule"
    more_properties = ("Targets",)
    required = ("Name",)
    identity = ("Name",)
    documents = ("EventPattern",)
    unordered = ("Targets",)
    computed = ("Arn",)

    def find_one(self, resource: Resource) -> State | None:
        """Read rule, targets and tags."""
        rule = self.read_or_none("describe_rule", MISSING, Name=resource.properties["Name"])
        if rule is None:
            return None
        tags = self.cloud.read("events", "list_tags_for_resource", ResourceARN=rule["Arn"])["Tags"]
        return {**rule, "Targets": self._targets(rule["Name"]), "Tags": tag_dict(tags)}

    def _targets(self, name: str) -> list[dict[str, Any]]:
        return self.cloud.pages("events", "list_targets_by_rule", "Targets", Rule=name)

    def create(self, resource: Resource) -> None:
        """Create with tags; targets follow as an update."""
        self.write("put_rule", **_rule(resource), Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put rule and targets as declared, and mend the tags."""
        if without(changes, ["Targets", "Tags"]):
            self.write("put_rule", **_rule(resource))
        if "Targets" in changes:
            self._retarget(state["Name"], resource.properties["Targets"])
        self.mend_tags(state["Arn"], changes)

    def _retarget(self, name: str, wanted: list[dict[str, Any]]) -> None:
        spare = sorted({one["Id"] for one in self._targets(name)} - {one["Id"] for one in wanted})
        if spare:
            self.write("remove_targets", Rule=name, Ids=spare)
        if wanted:
            self.write("put_targets", Rule=name, Targets=wanted)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the targets, then the rule."""
        del resource
        self._retarget(state["Name"], [])
        self.write_unless("delete_rule", MISSING, Name=state["Name"])


def _rule(resource: Resource) -> dict[str, Any]:
    properties = without(resource.properties, ["Targets"])
    pattern = properties.get("EventPattern")
    return properties | ({"EventPattern": json.dumps(pattern)} if isinstance(pattern, dict) else {})


ADAPTER = EventsRule
