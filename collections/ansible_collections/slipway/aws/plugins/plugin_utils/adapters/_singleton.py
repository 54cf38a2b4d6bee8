"""What there is once in an account and region, so that somebody else may have it already."""

from __future__ import annotations

from ..adapter import Adapter
from ..resource import Resource, State

ADOPTED = "Adopted"
#: Tags by which an environment knows its own.
OWNER = ("project", "environment")


class Singleton(Adapter):
    """One that somebody else made is adopted: used as it is, never changed, and left where it is on removal."""

    def look(self, resource: Resource) -> State | None:
        """Return the one there is, whoever made it."""
        raise NotImplementedError

    def ours(self, resource: Resource, state: State) -> bool:
        """Say whether this environment made it: by its tags, where they tell it."""
        return all(state["Tags"].get(name) == resource.tags.get(name) for name in OWNER)

    def find_one(self, resource: Resource) -> State | None:
        """Return it; one of somebody else's counts as being what is declared."""
        state = self.look(resource)
        if state is None or self.ours(resource, state):
            return state
        return {**state, **resource.properties, "Tags": dict(resource.tags), ADOPTED: True}

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Keep what others made."""
        del resource
        return "was there before this environment, which only adopted it" if state.get(ADOPTED) else None
