"""Order: who needs whom, and what is ready to be converged."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .references import BUILT_IN, Reference
from .resource import ConvergeError, Key, Resource


def by_key(resources: Iterable[Resource]) -> dict[Key, Resource]:
    """Return resources by key.

    Raises:
        ConvergeError: two have the same key.
    """
    found: dict[Key, Resource] = {}
    for resource in resources:
        if resource.key in found:
            raise ConvergeError(f"{resource} is declared twice; names are unique within a type")
        found[resource.key] = resource
    return found


def needs(resources: dict[Key, Resource]) -> dict[Key, set[Key]]:
    """Return, for each resource, the keys of those that must be there before it.

    Raises:
        ConvergeError: a reference points to nothing, or references go round in a circle.
    """
    graph: dict[Key, set[Key]] = {}
    for key, resource in resources.items():
        wanted = {reference.key for reference in resource.needs() if reference.type not in BUILT_IN}
        before = [_key(text, resource) for text in resource.depends_on]
        wanted |= {other for other in before if other in resources or _own(other, resource)}
        for missing in sorted(wanted - set(resources)):
            raise ConvergeError(f"{resource} refers to {missing[0]}.{missing[1]}, which this task does not declare")
        graph[key] = wanted
    _refuse_circles(graph)
    return graph


def _key(text: str, resource: Resource) -> Key:
    kind, _, name = text.partition(".")
    if not name:
        raise ConvergeError(f"{resource}: depends_on has {text!r}; write type.name")
    return kind, name


def _own(key: Key, resource: Resource) -> bool:
    return "/" not in key[1] or key[1].startswith(f"{resource.host}/")


def _refuse_circles(graph: dict[Key, set[Key]]) -> None:
    left = dict(graph)
    while left:
        free = [key for key, wanted in left.items() if not wanted & set(left)]
        if not free:
            names = ", ".join(f"{kind}.{name}" for kind, name in sorted(left))
            raise ConvergeError(f"these resources refer to each other in a circle: {names}")
        for key in free:
            del left[key]


def longest_first(
    groups: dict[str, list[Resource]], seconds: Callable[[str, int], float]
) -> list[tuple[str, list[Resource]]]:
    """Return the resources of each type, those first which take longest to write at the rate that AWS allows.

    Args:
        groups: resources by type.
        seconds: how long it takes to write so many of a type.
    """
    return sorted(groups.items(), key=lambda group: seconds(group[0], len(group[1])), reverse=True)


def outputs_read(resources: Iterable[Resource]) -> set[Reference]:
    """Return the references to outputs of other components."""
    return {reference for resource in resources for reference in resource.needs() if reference.type == "output"}
