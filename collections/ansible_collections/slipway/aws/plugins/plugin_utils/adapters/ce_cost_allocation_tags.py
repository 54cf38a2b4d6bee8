"""Cost allocation tags of the account."""

from __future__ import annotations

from ..adapter import Adapter
from ..compare import Changes
from ..resource import Resource, State


class CeCostAllocationTags(Adapter):
    """Tags by which the account's bill is told apart.

    AWS takes a tag only when a bill has seen it, up to a day after the first resource has it; until then it counts as
    done, and a later run does it. They are the account's, not an environment's: they stay when it is removed.
    """

    service = "ce"
    create_operation = "UpdateCostAllocationTagsStatus"
    more_properties = ("TagKeys",)
    required = ("TagKeys",)
    unordered = ("TagKeys",)
    taggable = False

    def find_one(self, resource: Resource) -> State:
        """Read which tags need nothing: the active ones, and those that no bill has seen."""
        keys = list(resource.properties["TagKeys"])
        asked = {"TagKeys": keys, "Type": "UserDefined"}
        listed = self.cloud.pages("ce", "list_cost_allocation_tags", "CostAllocationTags", **asked)
        waiting = {tag["TagKey"] for tag in listed if tag["Status"] != "Active"}
        return {"TagKeys": [key for key in keys if key not in waiting]}

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Activate those that wait for it."""
        del changes
        wanted = [key for key in resource.properties["TagKeys"] if key not in state["TagKeys"]]
        status = [{"TagKey": key, "Status": "Active"} for key in wanted]
        self.write("update_cost_allocation_tags_status", CostAllocationTagsStatus=status)

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Say that other environments of the account need them."""
        del resource, state
        return "cost allocation tags belong to the account"


ADAPTER = CeCostAllocationTags
