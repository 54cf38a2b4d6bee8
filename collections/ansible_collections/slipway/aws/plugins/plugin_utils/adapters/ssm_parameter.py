"""SSM parameters: how components publish their outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..adapter import Adapter, tag_changes, tag_dict, tag_list, without
from ..compare import Changes
from ..resource import Resource, State

BATCH = 10  # GetParameters takes at most ten names


class SsmParameter(Adapter):
    """A parameter. A list as ``Value`` is stored as a StringList."""

    service = "ssm"
    create_operation = "PutParameter"
    more_properties = ("Value",)
    required = ("Name", "Value", "Type")
    identity = ("Name",)

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Read in batches of ten; tags have to be read one by one."""
        names = {resource.properties["Name"]: resource.name for resource in resources}
        keys = sorted(names)
        found: dict[str, State] = {}
        for start in range(0, len(keys), BATCH):
            answer = self.cloud.read("ssm", "get_parameters", Names=keys[start : start + BATCH], WithDecryption=True)
            found |= {names[item["Name"]]: self._state(item) for item in answer["Parameters"]}
        return found

    def _state(self, item: dict[str, Any]) -> State:
        tags = self.cloud.read("ssm", "list_tags_for_resource", ResourceType="Parameter", ResourceId=item["Name"])[
            "TagList"
        ]
        value = item["Value"].split(",") if item["Type"] == "StringList" else item["Value"]
        return {**item, "Value": value, "Tags": tag_dict(tags)}

    def create(self, resource: Resource) -> None:
        """Put the parameter with its tags."""
        self.write("put_parameter", **_input(resource), Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Overwrite the value and mend the tags."""
        if without(changes, ["Tags"]):
            self.write("put_parameter", **_input(resource), Overwrite=True)
        add, remove = tag_changes(changes)
        target = {"ResourceType": "Parameter", "ResourceId": state["Name"]}
        if add:
            self.write("add_tags_to_resource", **target, Tags=tag_list(add))
        if remove:
            self.write("remove_tags_from_resource", **target, TagKeys=remove)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the parameter."""
        del resource
        self.write_unless("delete_parameter", ["ParameterNotFound"], Name=state["Name"])


def _input(resource: Resource) -> dict[str, Any]:
    value = resource.properties["Value"]
    return {**resource.properties, "Value": ",".join(value) if isinstance(value, list) else str(value)}


ADAPTER = SsmParameter
