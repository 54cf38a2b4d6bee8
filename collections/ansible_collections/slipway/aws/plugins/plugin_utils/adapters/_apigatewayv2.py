"""What the resources of API Gateway's second API have in common: listed by their parent, known by one property."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from ..adapter import Adapter, without
from ..compare import Changes
from ..resource import Resource, State

MISSING = ("NotFoundException",)


class Apigatewayv2Adapter(Adapter):
    """Something in API Gateway. ``Arn`` is there for what bears tags."""

    service = "apigatewayv2"
    taggable = False
    #: As in the operations' names: ``route`` for ``create_route``.
    kind: ClassVar[str]
    #: Property by which it is told from its siblings, and the one under which AWS gives its id.
    known_by: ClassVar[str]
    id_name: ClassVar[str]
    #: Property with the id of what it is part of; empty for what stands alone.
    parent: ClassVar[str] = ""
    #: Where it stands in ARNs, with the names of properties in braces.
    place: ClassVar[str] = ""
    #: Properties that are created or looked up with, and that no update takes.
    fixed: ClassVar[Collection[str]] = ()
    #: Values that AWS leaves out of its answer.
    unsaid: ClassVar[State] = {}

    def find_one(self, resource: Resource) -> State | None:
        """Return the one among its siblings that has the declared name."""
        name = resource.properties.get(self.known_by, "")
        found = [item for item in self._siblings(resource) if item.get(self.known_by, "") == name]
        return self._state(found[0], resource) if found else None

    def _siblings(self, resource: Resource) -> list[dict[str, Any]]:
        above = {self.parent: resource.properties[self.parent]} if self.parent else {}
        found: list[dict[str, Any]] = self.cloud.cached((self.kind, *above.values()), lambda: self._listed(above))
        return found

    def _listed(self, above: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            return self.cloud.pages(self.service, f"get_{self.kind}s", "Items", **above)
        except self.cloud.client(self.service).exceptions.NotFoundException:
            return []  # what it is part of went and took it along

    def _state(self, item: dict[str, Any], resource: Resource) -> State:
        above = {self.parent: resource.properties[self.parent]} if self.parent else {}
        state = {**self.unsaid, **item, **above}
        if not self.taggable:
            return state
        return {**state, "Arn": self._arn(state), "Tags": item.get("Tags") or {}}

    def _arn(self, state: State) -> str:
        partition = self.cloud.session.get_partition_for_region(self.cloud.region)
        return f"arn:{partition}:apigateway:{self.cloud.region}::/{self.place.format(**state)}"

    def create(self, resource: Resource) -> None:
        """Create, with tags where it bears any."""
        tags = {"Tags": resource.tags} if self.taggable else {}
        self.write(f"create_{self.kind}", **resource.properties, **tags)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Update with all that is declared, and mend the tags."""
        if without(changes, ["Tags"]):
            wanted = without(resource.properties, [*self.fixed, self.parent])
            self.write(f"update_{self.kind}", **self._named(state), **self.updated(wanted, state))
        if self.taggable:
            self.mend_tags(state["Arn"], changes)

    def updated(self, wanted: State, state: State) -> State:
        """Return what an update sends of the declared properties."""
        del state
        return wanted

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it."""
        del resource
        self.write_unless(f"delete_{self.kind}", MISSING, **self._named(state))

    def _named(self, state: State) -> dict[str, Any]:
        return {name: state[name] for name in (self.parent, self.id_name) if name}
