"""RDS parameter groups."""

from __future__ import annotations

from itertools import batched
from typing import Any

from ..adapter import tag_dict, tag_list, without
from ..compare import Changes
from ..resource import Resource, State
from ._rds import RdsAdapter

MISSING = ("DBParameterGroupNotFound", "DBParameterGroupNotFoundFault")
BATCH = 20  # ModifyDBParameterGroup takes at most twenty parameters


class RdsDbParameterGroup(RdsAdapter):
    """A parameter group with ``Parameters``, a dictionary by name; parameters that are not named are left alone.

    A dynamic parameter takes effect at once, a static one when its instances are rebooted.
    """

    create_operation = "CreateDBParameterGroup"
    more_properties = ("Parameters",)
    required = ("DBParameterGroupName", "DBParameterGroupFamily", "Description")
    identity = ("DBParameterGroupName",)
    immutable = ("DBParameterGroupFamily", "Description")
    computed = ("DBParameterGroupArn",)

    def find_one(self, resource: Resource) -> State | None:
        """Read the group, its tags and the parameters that were ever set in it."""
        name = resource.properties["DBParameterGroupName"]
        group = self.described("describe_db_parameter_groups", "DBParameterGroups", MISSING, DBParameterGroupName=name)
        if group is None:
            return None
        known = {key: item.get("ParameterValue") for key, item in self._parameters(name, Source="user").items()}
        wanted = resource.properties.get("Parameters", {})
        # AWS keeps text; a value counts as the one declared when it is written the same.
        values = {key: value if str(value) == known.get(key) else known.get(key) for key, value in wanted.items()}
        return {**group, "Parameters": values, "Tags": tag_dict(self.tags(group["DBParameterGroupArn"]))}

    def _parameters(self, name: str, **more: str) -> dict[str, dict[str, Any]]:
        items = self.cloud.pages("rds", "describe_db_parameters", "Parameters", DBParameterGroupName=name, **more)
        return {item["ParameterName"]: item for item in items}

    def create(self, resource: Resource) -> None:
        """Create with tags; the parameters follow as an update."""
        wanted = without(resource.properties, ["Parameters"])
        self.write("create_db_parameter_group", **wanted, Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Set the parameters that differ."""
        name = state["DBParameterGroupName"]
        if "Parameters" in changes:
            before, after = changes["Parameters"]
            wanted = {key: value for key, value in after.items() if before.get(key) != value}
            for batch in batched(self._settings(resource, wanted), BATCH):
                self.write("modify_db_parameter_group", DBParameterGroupName=name, Parameters=list(batch))
        self.tag(state["DBParameterGroupArn"], changes)

    def _settings(self, resource: Resource, wanted: dict[str, Any]) -> list[dict[str, str]]:
        """Ask the group which parameters need no reboot; AWS itself refuses those that it does not know."""
        known = self._parameters(resource.properties["DBParameterGroupName"])
        dynamic = {key for key, item in known.items() if item.get("ApplyType") == "dynamic"}
        return [
            {
                "ParameterName": key,
                "ParameterValue": str(value),
                "ApplyMethod": "immediate" if key in dynamic else "pending-reboot",
            }
            for key, value in sorted(wanted.items())
        ]

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the group."""
        del resource
        self.write_unless("delete_db_parameter_group", MISSING, DBParameterGroupName=state["DBParameterGroupName"])


ADAPTER = RdsDbParameterGroup
