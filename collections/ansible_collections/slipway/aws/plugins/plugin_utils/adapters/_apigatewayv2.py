"""What the resources of API Gateway's second API have in common: changed whole."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from ..adapter import without
from ..compare import Changes
from ..resource import Resource, State
from ._gateway import MISSING, GatewayAdapter


class Apigatewayv2Adapter(GatewayAdapter):
    """Something of the second API, which takes changes whole."""

    service = "apigatewayv2"
    #: Properties that are created or looked up with, and that no update takes.
    fixed: ClassVar[Collection[str]] = ()
    result = "Items"
    tags_name = "Tags"

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
