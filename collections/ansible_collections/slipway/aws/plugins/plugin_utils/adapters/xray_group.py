"""X-Ray groups: traces that a filter lets through, with metrics of their own."""

from __future__ import annotations

from collections.abc import Sequence

from ..adapter import only, tag_list, without
from ..compare import Changes
from ..resource import Resource, State
from ._xray import MISSING, XrayAdapter


class XrayGroup(XrayAdapter):
    """A group, found by its name."""

    create_operation = "CreateGroup"
    required = ("GroupName", "FilterExpression")
    identity = ("GroupName",)
    computed = ("GroupARN",)

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List all of them once."""
        wanted = {resource.properties["GroupName"]: resource for resource in resources}
        listed = self.cloud.pages("xray", "get_groups", "Groups")
        return {
            wanted[item["GroupName"]].name: {**item, "Tags": self.tags(item["GroupARN"])}
            for item in listed
            if item["GroupName"] in wanted
        }

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        self.write("create_group", **resource.properties, Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend filter, insights and tags."""
        if without(changes, ["Tags"]):
            changed = only(resource.properties, ["FilterExpression", "InsightsConfiguration"])
            self.write("update_group", GroupName=state["GroupName"], **changed)
        self.mend_tags(state["GroupARN"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it."""
        del resource
        self.write_unless("delete_group", MISSING, GroupName=state["GroupName"])


ADAPTER = XrayGroup
