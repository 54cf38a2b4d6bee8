"""What the resources of AppConfig have in common: known by their names, listed, and tagged by ARN."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from ..adapter import Adapter, only, without
from ..compare import Changes
from ..resource import Resource, State

MISSING = ("ResourceNotFoundException",)


class AppconfigAdapter(Adapter):
    """Something in AppConfig that has a name, ids of what it is part of, and an ``Id`` of its own."""

    service = "appconfig"
    required: ClassVar[Collection[str]] = ("Name",)
    identity: ClassVar[Collection[str]] = ("Name",)
    computed = ("Id",)
    #: As in the operations' names: ``environment`` for ``create_environment``, and what lists all of them.
    kind: ClassVar[str]
    listing: ClassVar[str]
    #: Parameter of its calls with its id, and the last part of its ARN, with the names of properties in braces.
    id_name: ClassVar[str]
    place: ClassVar[str]
    #: Whether it is part of an application.
    inside: ClassVar[bool] = True
    #: Values that AWS leaves out of its answer.
    unsaid: ClassVar[State] = {}
    #: Properties that no update takes.
    fixed: ClassVar[Collection[str]] = ()

    def find_one(self, resource: Resource) -> State | None:
        """Return the one with the declared name, with its tags."""
        name = resource.properties["Name"]
        above = only(resource.properties, ["ApplicationId"]) if self.inside else {}
        listed = self.cloud.cached((self.kind, *above.values()), lambda: self._listed(above))
        found = next((item for item in listed if item["Name"] == name), None)
        if found is None:
            return None
        state = {**self.unsaid, **self.whole(found)}
        return {**state, "Tags": self._tags(state)}

    def _listed(self, above: State) -> list[dict[str, Any]]:
        try:
            return self.cloud.pages(self.service, self.listing, "Items", **above)
        except self.cloud.client(self.service).exceptions.ResourceNotFoundException:
            return []  # what it is part of went and took it along

    def whole(self, found: dict[str, Any]) -> dict[str, Any]:
        """Return what a listing tells of, with what it leaves out."""
        return found

    def _tags(self, state: State) -> dict[str, str]:
        tags = self.cloud.read(self.service, "list_tags_for_resource", ResourceArn=self._arn(state))["Tags"]
        return {name: value for name, value in tags.items() if not name.startswith("aws:")}

    def _arn(self, state: State) -> str:
        told = self.cloud.identity()
        return f"arn:{told['partition']}:appconfig:{told['region']}:{told['account']}:{self.place.format(**state)}"

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        self.write(f"create_{self.kind}", **resource.properties, Tags=resource.tags)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Update what differs, and mend the tags."""
        wanted = only(resource.properties, without(changes, ["Tags", *self.fixed]))
        if wanted:
            self.write(f"update_{self.kind}", **self._named(state), **wanted)
        self.mend_tags(self._arn(state), changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it."""
        del resource
        self.write_unless(f"delete_{self.kind}", MISSING, **self._named(state))

    def _named(self, state: State) -> dict[str, Any]:
        above = only(state, ["ApplicationId"]) if self.inside else {}
        return {**above, self.id_name: state["Id"]}
