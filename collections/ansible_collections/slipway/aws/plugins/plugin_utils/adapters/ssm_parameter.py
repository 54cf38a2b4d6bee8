"""SSM parameters: how components publish their outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..adapter import Adapter, tag_changes, tag_dict, tag_list, without
from ..compare import Changes
from ..outputs import read_parameters, typed
from ..resource import Resource, State
from ._tagging import tags_of_many


class SsmParameter(Adapter):
    """A parameter. A list as ``Value`` is stored as a StringList."""

    service = "ssm"
    create_operation = "PutParameter"
    more_properties = ("Value",)
    required = ("Name", "Value", "Type")
    identity = ("Name",)

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Read ten in one call, calls side by side, and the tags of all together."""
        wanted = {resource.properties["Name"]: resource for resource in resources}
        items = {item["ARN"]: item for item in read_parameters(self.cloud, wanted)}
        asked = {arn: wanted[item["Name"]].tags for arn, item in items.items()}
        tags = tags_of_many(self.cloud, asked, lambda arn: self._tags(items[arn]["Name"]))
        return {
            wanted[item["Name"]].name: {**item, "Value": typed(item), "Tags": tags[arn]} for arn, item in items.items()
        }

    def _tags(self, name: str) -> dict[str, str]:
        answer = self.cloud.read("ssm", "list_tags_for_resource", ResourceType="Parameter", ResourceId=name)
        return tag_dict(answer["TagList"])

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
