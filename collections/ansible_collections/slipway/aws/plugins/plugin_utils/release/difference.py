"""What differs between two revisions of a task definition, for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..cloud import Cloud
from .spec import definition

#: What AWS adds to a revision, which differs always or says nothing.
ADDED = frozenset(
    {
        "taskDefinitionArn",
        "revision",
        "status",
        "registeredAt",
        "registeredBy",
        "requiresAttributes",
        "compatibilities",
        "deregisteredAt",
    }
)
#: Lists whose items are told apart by a name of theirs.
NAMED = ("name", "containerPort", "sourceVolume", "containerPath")


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return a line for each value that went (``- name: value``) or came (``+ name: value``), by name."""
    old, new = (
        dict(_flat("", {key: item for key, item in one.items() if key not in ADDED})) for one in (before, after)
    )
    lines = []
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            lines += [f"{sign} {name}: {side[name]}" for sign, side in (("-", old), ("+", new)) if name in side]
    return lines


def difference_of(cloud: Cloud, entry: Mapping[str, Any]) -> list[str]:
    """Return what differs between the revisions of a release."""
    return difference(*(definition(cloud, entry[side]["revision"]) for side in ("from", "to")))


def is_same(cloud: Cloud, one: str, other: str) -> bool:
    """Say whether two revisions say the same; a failed release between two runs leaves a version with a second one."""
    return one == other or not difference(definition(cloud, one), definition(cloud, other))


def _declared(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in definition.items() if key not in ADDED}


def _flat(name: str, value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(f"{name}.{key}".lstrip("."), item)
    elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        for place, item in enumerate(value):
            yield from _flat(f"{name}[{_title(item, place)}]", item)
    else:
        yield name, value


def _title(item: Mapping[str, Any], place: int) -> str:
    return str(next((item[key] for key in NAMED if key in item), place))
