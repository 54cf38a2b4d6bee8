"""What the resources of API Gateway's first API have in common, which has REST APIs: changed by patches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..adapter import without
from ..compare import Changes
from ..resource import Resource, State
from ._gateway import MISSING, GatewayAdapter

Patch = dict[str, str]


class ApigatewayAdapter(GatewayAdapter):
    """Something of the first API, which tells properties in camel case."""

    service = "apigateway"
    known_by: ClassVar[str] = "name"
    id_name: ClassVar[str] = "id"
    #: What calls about it name its id by.
    asked_by: ClassVar[str]
    result: ClassVar[str] = "items"
    tags_name = "tags"

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Patch what differs, and mend the tags."""
        wanted = without(changes, ["Tags"])
        patches = self.patches(wanted) if wanted else []
        if patches:
            self.write(f"update_{self.kind}", **self.named(resource, state), patchOperations=patches)
        if self.taggable:
            self.mend_tags(state["Arn"], changes)

    def patches(self, changes: Changes) -> list[Patch]:
        """Return the operations that carry out changes."""
        return [replaced(f"/{name}", change.after) for name, change in changes.items()]

    def named(self, resource: Resource, state: State) -> dict[str, Any]:
        """Return what calls about it name it by."""
        return {**self.above(resource), self.asked_by: state[self.id_name]}

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it."""
        self.write_unless(f"delete_{self.kind}", MISSING, **self.named(resource, state))


def replaced(path: str, value: Any) -> Patch:
    """Return the operation that gives a value; a boolean is a word in lower case."""
    return {"op": "replace", "path": path, "value": str(value).lower() if isinstance(value, bool) else str(value)}


def pointer(name: str) -> str:
    """Return a name as it stands in a path of a patch."""
    return name.replace("~", "~0").replace("/", "~1")


def differing(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that have another value afterwards."""
    return {name: value for name, value in after.items() if (before or {}).get(name) != value}
