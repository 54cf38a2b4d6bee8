"""RDS parameter groups."""

from __future__ import annotations

from collections.abc import Collection
from itertools import batched
from typing import Any

from ..adapter import only, tag_dict, tag_list, without
from ..compare import Changes
from ..resource import Resource, State
from ._rds import RdsAdapter

MISSING = ("DBParameterGroupNotFound", "DBParameterGroupNotFoundFault")
#: Parameters that ModifyDBParameterGroup and ResetDBParameterGroup take at most.
BATCH = 20


class RdsDbParameterGroup(RdsAdapter):
    """A parameter group with ``Parameters``, a dictionary by name.

    A parameter that somebody set and that is not named goes back to its default; in an adopted group it is left alone.
    A dynamic parameter takes effect at once, a static one when its instances are rebooted.
    """

    create_operation = "CreateDBParameterGroup"
    more_properties = ("Parameters",)
    required = ("DBParameterGroupName", "DBParameterGroupFamily", "Description")
    identity = ("DBParameterGroupName",)
    immutable = ("DBParameterGroupFamily", "Description")
    exact = ("Parameters",)
    computed = ("DBParameterGroupArn",)

    def find_one(self, resource: Resource) -> State | None:
        """Read the group, its tags, and of its parameters those that are declared and those that somebody set."""
        name = resource.properties["DBParameterGroupName"]
        group = self.described("describe_db_parameter_groups", "DBParameterGroups", MISSING, DBParameterGroupName=name)
        if group is None:
            return None
        tags = tag_dict(self.tags(group["DBParameterGroupArn"]))
        return {**group, "Parameters": self._values(resource), "Tags": tags}

    def _values(self, resource: Resource) -> dict[str, Any]:
        """Return declared and spare parameters; one that is set to its default does not count as set at AWS."""
        items = self._parameters(resource.properties["DBParameterGroupName"])
        known = {key: item.get("ParameterValue") for key, item in items.items()}
        wanted = resource.properties.get("Parameters", {})
        # AWS keeps text; a value counts as the one declared when it is written the same.
        values = {key: value if str(value) == known.get(key) else known.get(key) for key, value in wanted.items()}
        spare = [] if resource.adopted else [key for key, item in items.items() if item["Source"] == "user"]
        return {**only(known, spare), **values}

    def _parameters(self, name: str) -> dict[str, dict[str, Any]]:
        items = self.cloud.pages("rds", "describe_db_parameters", "Parameters", DBParameterGroupName=name)
        return {item["ParameterName"]: item for item in items}

    def create(self, resource: Resource) -> None:
        """Create with tags; the parameters follow as an update."""
        wanted = without(resource.properties, ["Parameters"])
        self.write("create_db_parameter_group", **wanted, Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Set the parameters that differ, and reset those that are not declared any more."""
        del resource
        if "Parameters" in changes:
            self._set(state["DBParameterGroupName"], *changes["Parameters"])
        self.tag(state["DBParameterGroupArn"], changes)

    def _set(self, name: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        at_once = {key for key, item in self._parameters(name).items() if item.get("ApplyType") == "dynamic"}
        differing = {key: str(value) for key, value in after.items() if before.get(key) != value}
        for batch in batched(sorted(differing.items()), BATCH):
            parameters = [{**_applied(key, at_once), "ParameterValue": value} for key, value in batch]
            self.write("modify_db_parameter_group", DBParameterGroupName=name, Parameters=parameters)
        for names in batched(sorted(set(before) - set(after)), BATCH):
            parameters = [_applied(key, at_once) for key in names]
            self.write(
                "reset_db_parameter_group",
                DBParameterGroupName=name,
                ResetAllParameters=False,
                Parameters=parameters,
            )

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the group."""
        del resource
        self.write_unless("delete_db_parameter_group", MISSING, DBParameterGroupName=state["DBParameterGroupName"])


def _applied(name: str, at_once: Collection[str]) -> dict[str, str]:
    """Return a parameter and when it takes effect; AWS itself refuses those that it does not know."""
    return {"ParameterName": name, "ApplyMethod": "immediate" if name in at_once else "pending-reboot"}


ADAPTER = RdsDbParameterGroup
