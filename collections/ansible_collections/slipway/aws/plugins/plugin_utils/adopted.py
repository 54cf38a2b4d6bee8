"""What stood before Slipway came: found by its own id or name, and changed in nothing but what somebody has allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .resource import Resource, State

#: In ``change``, for a resource that is like any other from now on.
ALL = "all"


@dataclass(frozen=True)
class Adopted:
    """How a resource was taken over.

    Attributes:
        id: its id, or its name where the type is found by name; empty where it is found by what it belongs to.
        change: properties that may be changed, ``Tags`` among them; all others stay as they are.
        leave: it is neither made nor changed.
    """

    id: str = ""
    change: tuple[str, ...] = ()
    leave: bool = False

    def keeps(self, name: str) -> bool:
        """Say whether a property stays as it is."""
        return ALL not in self.change and name not in self.change


def parsed(given: Mapping[str, Any]) -> dict[str, Adopted]:
    """Return the entries of a component in ``slipway_adopted``, by ``type.name``.

    Raises:
        ValueError: an entry has another form; the text names it and what is allowed.
    """
    return {key: _entry(key, entry or {}) for key, entry in given.items()}


def _entry(key: str, entry: Any) -> Adopted:
    if not isinstance(entry, Mapping) or set(entry) - {"id", "change", "leave"}:
        raise ValueError(
            f"slipway_adopted: {key} is {entry!r};"
            " give id (an id or a name), change (a list of properties, or all) or leave"
        )
    change = entry.get("change") or []
    names = (change,) if isinstance(change, str) else tuple(change)
    return Adopted(str(entry.get("id") or ""), names, bool(entry.get("leave")))


def adopt(resources: Iterable[Resource], entries: Mapping[str, Adopted]) -> list[Resource]:
    """Return resources with how they were taken over, without those that are left.

    Raises:
        ValueError: an entry names a resource that nobody declares, so that it would be made a second time.
    """
    listed = list(resources)
    names = {str(resource) for resource in listed}
    types = {resource.type for resource in listed}
    for key in sorted(set(entries) - names):
        if key.partition(".")[0] in types:
            same = sorted(name for name in names if name.partition(".")[0] == key.partition(".")[0])
            raise ValueError(f"slipway_adopted: {key} is no resource of this component; there are {', '.join(same)}")
    taken = (replace(resource, adopted=entries.get(str(resource))) for resource in listed)
    left = {name for name, entry in entries.items() if entry.leave}
    ours = [resource for resource in taken if str(resource) not in left]
    return [replace(one, depends_on=tuple(name for name in one.depends_on if name not in left)) for one in ours]


def keeping(resource: Resource, state: State, kept: Iterable[str]) -> Resource:
    """Return a resource as wanted, but as it is in the properties that are kept."""
    names = set(kept)
    same = {name: state[name] for name in names & set(resource.properties) if state.get(name) is not None}
    properties = {name: value for name, value in resource.properties.items() if name not in names} | same
    return replace(resource, properties=properties, tags=state.get("Tags") or {} if "Tags" in names else resource.tags)
