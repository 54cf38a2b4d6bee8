"""What the resources of API Gateway's first API have in common, which has REST APIs: listed, and changed by patches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..adapter import Adapter, without
from ..compare import Changes
from ..resource import Resource, State

MISSING = ("NotFoundException",)
Patch = dict[str, str]


class ApigatewayAdapter(Adapter):
    """Something in API Gateway. ``Arn`` is there for what bears tags."""

    service = "apigateway"
    taggable = False
    #: As in the operations' names: ``usage_plan`` for ``create_usage_plan``.
    kind: ClassVar[str]
    #: Property by which it is told from its siblings, the one with its id, and the call's name for that.
    known_by: ClassVar[str] = "name"
    id_name: ClassVar[str] = "id"
    asked_by: ClassVar[str]
    #: Whether it is part of an API.
    of_api: ClassVar[bool] = False
    #: Where it stands in ARNs, with the names of properties in braces.
    place: ClassVar[str] = ""
    #: Values that AWS leaves out of its answer.
    unsaid: ClassVar[State] = {}
    #: What a creation does not take.
    later: ClassVar[tuple[str, ...]] = ()
    result: ClassVar[str] = "items"

    def find_one(self, resource: Resource) -> State | None:
        """Return the one among its siblings that has the declared name."""
        name = resource.properties[self.known_by]
        found = [item for item in self.siblings(resource) if item.get(self.known_by) == name]
        return self.state_of(found[0], resource) if found else None

    def siblings(self, resource: Resource) -> list[dict[str, Any]]:
        """Return all there are beside it, read once a task."""
        above = self.above(resource)
        found: list[dict[str, Any]] = self.cloud.cached((self.kind, *above.values()), lambda: self._listed(above))
        return found

    def above(self, resource: Resource) -> dict[str, Any]:
        """Return what calls name it by, beside its own id."""
        return {"restApiId": resource.properties["restApiId"]} if self.of_api else {}

    def _listed(self, above: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            return self.cloud.pages(self.service, f"get_{self.kind}s", self.result, **above)
        except self.cloud.client(self.service).exceptions.NotFoundException:
            return []  # its API went and took it along

    def state_of(self, item: dict[str, Any], resource: Resource) -> State:
        """Return the state that an item of a listing tells."""
        state = {**self.unsaid, **item, **self.above(resource)}
        if not self.taggable:
            return state
        return {**state, "Arn": self._arn(state), "Tags": item.get("tags") or {}}

    def _arn(self, state: State) -> str:
        partition = self.cloud.session.get_partition_for_region(self.cloud.region)
        return f"arn:{partition}:apigateway:{self.cloud.region}::/{self.place.format(**state)}"

    def create(self, resource: Resource) -> None:
        """Create, with tags where it bears any."""
        tags = {"tags": resource.tags} if self.taggable else {}
        self.write(f"create_{self.kind}", **without(resource.properties, self.later), **tags)

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
