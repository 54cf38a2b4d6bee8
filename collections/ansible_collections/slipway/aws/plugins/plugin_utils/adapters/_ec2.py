"""What EC2's resources share: they have no names, so they are found by the tags they are created with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from ..adapter import Adapter, tag_changes, tag_dict, tag_list
from ..compare import Changes
from ..resource import ConvergeError, Resource, State

#: The tags that say which resource it is. Tags are set in the creating call, so a killed run leaves no nameless ones.
IDENTITY_TAGS = ("project", "environment", "Name")


def specification(kind: str, resource: Resource) -> list[dict[str, Any]]:
    """Return ``TagSpecifications`` for a creating call."""
    return [{"ResourceType": kind, "Tags": tag_list(resource.tags)}]


def identity(tags: dict[str, str]) -> tuple[str | None, ...]:
    """Return the tag values that say which resource it is."""
    return tuple(tags.get(name) for name in IDENTITY_TAGS)


class Ec2Adapter(Adapter):
    """Base: find by tags in one listing for all resources of the type, tag through CreateTags."""

    service = "ec2"
    #: Describe operation, key of its result, key of the id.
    list_operation: ClassVar[tuple[str, str, str]]

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Return states by name, from one listing filtered by the environment's tags."""
        wanted = {identity(resource.tags): resource.name for resource in resources}
        found: dict[str, State] = {}
        for item in self.listed(resources):
            state = self.state(item)
            name = wanted.get(identity(state["Tags"]))
            if name is None:
                continue
            if name in found:
                key = self.list_operation[2]
                raise ConvergeError(f"{found[name][key]} and {state[key]} carry the same tags; remove one of them")
            found[name] = state
        return found

    def listed(self, resources: Sequence[Resource]) -> list[dict[str, Any]]:
        """Return the raw descriptions of everything of this type with the environment's tags."""
        operation, result, _ = self.list_operation
        names = sorted({resource.tags["Name"] for resource in resources})
        filters = [
            {"Name": f"tag:{tag}", "Values": sorted({resource.tags[tag] for resource in resources})}
            for tag in IDENTITY_TAGS[:2]
        ] + [{"Name": "tag:Name", "Values": names}]
        return [item for item in self.cloud.pages("ec2", operation, result, Filters=filters) if self.alive(item)]

    def alive(self, item: dict[str, Any]) -> bool:
        """Say whether a listed item still exists; AWS goes on listing some deleted ones."""
        return item.get("State", "available") not in {"deleted", "deleting", "failed"}

    def state(self, item: dict[str, Any]) -> State:
        """Turn a description into a state."""
        return {**item, "Tags": tag_dict(item.get("Tags"))}

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend the tags."""
        del resource
        target = [state[self.list_operation[2]]]
        add, remove = tag_changes(changes)
        if add:
            self.write("create_tags", Resources=target, Tags=tag_list(add))
        if remove:
            self.write("delete_tags", Resources=target, Tags=[{"Key": key} for key in remove])
