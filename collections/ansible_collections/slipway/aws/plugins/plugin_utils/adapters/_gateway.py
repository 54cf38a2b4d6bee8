"""What the resources of both APIs of API Gateway have in common: listed by their parent, known by one property."""

from __future__ import annotations

from typing import Any, ClassVar

from ..adapter import Adapter, without
from ..resource import Resource, State

MISSING = ("NotFoundException",)


class GatewayAdapter(Adapter):
    """Something in API Gateway. ``Arn`` is there for what bears tags."""

    taggable = False
    #: As in the operations' names: ``usage_plan`` for ``create_usage_plan``.
    kind: ClassVar[str]
    #: Property by which it is told from its siblings, and the one under which AWS gives its id.
    known_by: ClassVar[str]
    id_name: ClassVar[str]
    #: Property with the id of what it is part of; empty for what stands alone.
    parent: ClassVar[str] = ""
    #: Where it stands in ARNs, with the names of properties in braces.
    place: ClassVar[str] = ""
    #: Values that AWS leaves out of its answer.
    unsaid: ClassVar[State] = {}
    #: What a creation does not take.
    later: ClassVar[tuple[str, ...]] = ()
    #: Under which the API gives listings, and tags.
    result: ClassVar[str]
    tags_name: ClassVar[str]

    def find_one(self, resource: Resource) -> State | None:
        """Return the one among its siblings that has the declared name."""
        name = resource.properties.get(self.known_by, "")
        found = [item for item in self.siblings(resource) if item.get(self.known_by, "") == name]
        return self.state_of(found[0], resource) if found else None

    def siblings(self, resource: Resource) -> list[dict[str, Any]]:
        """Return all there are beside it, read once a task."""
        above = self.above(resource)
        key = (self.service, self.kind, *above.values())
        found: list[dict[str, Any]] = self.cloud.cached(key, lambda: self._listed(above))
        return found

    def above(self, resource: Resource) -> dict[str, Any]:
        """Return what calls name it by, beside its own id."""
        return {self.parent: resource.properties[self.parent]} if self.parent else {}

    def _listed(self, above: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            return self.cloud.pages(self.service, f"get_{self.kind}s", self.result, **above)
        except self.cloud.client(self.service).exceptions.NotFoundException:
            return []  # what it is part of went and took it along

    def state_of(self, item: dict[str, Any], resource: Resource) -> State:
        """Return the state that an item of a listing tells."""
        state = {**self.unsaid, **item, **self.above(resource)}
        if not self.taggable:
            return state
        return {**state, "Arn": self._arn(state), "Tags": item.get(self.tags_name) or {}}

    def _arn(self, state: State) -> str:
        partition = self.cloud.session.get_partition_for_region(self.cloud.region)
        return f"arn:{partition}:apigateway:{self.cloud.region}::/{self.place.format(**state)}"

    def create(self, resource: Resource) -> None:
        """Create, with tags where it bears any."""
        tags = {self.tags_name: resource.tags} if self.taggable else {}
        self.write(f"create_{self.kind}", **without(resource.properties, self.later), **tags)
