"""One resource as a role declares it, and the changes that bring AWS there."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from .adopted import Adopted
from .references import Lookup, Reference, references, resolve, scoped

State = dict[str, Any]
Key = tuple[str, str]


class ConvergeError(Exception):
    """A mistake in what was declared, or a refusal by AWS, told to the user in one sentence."""


@dataclass(frozen=True)
class Resource:
    """A declared resource.

    Attributes:
        type: the adapter, e.g. ``ec2_vpc``.
        name: unique within the type in one task; other resources refer to it.
        properties: what is wanted, by AWS's own names; whole: an unset property is left alone.
        initial: properties set when the resource is created and owned by someone else from then on.
        tags: the tags wanted; tags that are not named here are removed.
        depends_on: keys as ``type.name`` of resources that must be there first without being referred to; in a fleet
            ``type.host/name`` is another host's, which is not waited for in a run without it.
        host: the inventory host it belongs to.
        absent: it is to be removed.
        adopted: how it was taken over, where it stood before.
    """

    type: str
    name: str
    properties: State
    initial: State = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    host: str = ""
    absent: bool = False
    adopted: Adopted | None = None

    @property
    def key(self) -> Key:
        """The key in a plan."""
        return self.type, self.name

    def needs(self) -> set[Reference]:
        """The references in what is declared."""
        return set(references([self.properties, self.initial, self.tags]))

    def resolved(self, lookup: Lookup) -> Resource:
        """Return the same resource with its references replaced by values."""
        properties, initial, tags = (resolve(part, lookup) for part in (self.properties, self.initial, self.tags))
        return replace(self, properties=properties, initial=initial, tags=tags)

    def __str__(self) -> str:
        """Return the name used in messages and diffs."""
        return f"{self.type}.{self.name}"


def plain(value: Any) -> Any:
    """Return JSON data without the marks that Ansible puts on strings; a date of YAML is text."""
    return json.loads(json.dumps(value, default=date.isoformat))


ALLOWED = {"type", "name", "properties", "initial", "tags", "depends_on", "state"}


def parse(declared: dict[str, Any], tags: dict[str, str], host: str = "", *, absent: bool = False) -> Resource:
    """Turn one entry of a task's ``resources`` into a :class:`Resource`.

    Args:
        declared: the entry as written.
        tags: tags of every resource of the task; the entry's own tags win.
        host: the inventory host that declares it.
        absent: the whole task removes.

    Raises:
        ConvergeError: a key is missing or unknown.
    """
    unknown = sorted(set(declared) - ALLOWED)
    missing = sorted({"type", "name"} - set(declared))
    if unknown or missing:
        raise ConvergeError(
            f"resource {declared.get('name', declared)!r}: unknown keys {unknown}, missing keys {missing};"
            f" allowed are {sorted(ALLOWED)}"
        )
    state = declared.get("state", "present")
    if state not in {"present", "absent"}:
        raise ConvergeError(f"resource {declared['name']!r}: state is {state!r}, allowed are present and absent")
    names = list(declared.get("depends_on") or ())
    if host:
        declared = {**scoped(declared, host), "name": f"{host}/{declared['name']}"}
        names = [name if "/" in name else name.replace(".", f".{host}/", 1) for name in names]
    return Resource(
        type=declared["type"],
        name=declared["name"],
        properties=dict(declared.get("properties") or {}),
        initial=dict(declared.get("initial") or {}),
        tags={key: str(value) for key, value in {**tags, **(declared.get("tags") or {})}.items()},
        depends_on=tuple(names),
        host=host,
        absent=absent or state == "absent",
    )
