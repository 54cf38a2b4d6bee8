"""References between resources: ``${type.name.Attribute}`` in any string of a resource's properties.

A string that is one reference takes the referenced value with its type; inside a longer string the value is
inserted as text. ``${output.component.name}`` reads what another component published, ``${cloud.current.account}``
the account in use. What API Gateway fills in itself, ``${request.path.name}`` and ``${context.name}``, is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .unknown import Unknown

PATTERN = re.compile(r"\$\{(?!request\.|context\.)([a-z0-9_]+)\.([A-Za-z0-9_/-]+)\.([A-Za-z0-9_.-]+)\}")


class Reference(NamedTuple):
    """What a reference points to: the type and name of a resource and one of its attributes."""

    type: str
    name: str
    attribute: str

    @property
    def key(self) -> tuple[str, str]:
        """The resource's key in a plan."""
        return self.type, self.name

    def __str__(self) -> str:
        """Return the reference as it is written, without the braces."""
        return f"{self.type}.{self.name}.{self.attribute}"


#: Types that are not resources: outputs of other components, and the account itself.
BUILT_IN = frozenset({"output", "cloud"})

Lookup = Callable[[Reference], Any]


def references(value: Any) -> Iterator[Reference]:
    """Yield every reference inside ``value``, which may be nested."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from references(key)
            yield from references(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from references(item)
    elif isinstance(value, str):
        for match in PATTERN.finditer(value):
            yield Reference(*match.groups())


def resolve(value: Any, lookup: Lookup) -> Any:
    """Return ``value`` with every reference replaced by what ``lookup`` says it is."""
    if isinstance(value, dict):
        return {resolve(key, lookup): resolve(item, lookup) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [resolve(item, lookup) for item in value]
    return _resolve_text(value, lookup) if isinstance(value, str) else value


def _resolve_text(text: str, lookup: Lookup) -> Any:
    whole = PATTERN.fullmatch(text)
    if whole:
        return lookup(Reference(*whole.groups()))
    found = {match.group(0): lookup(Reference(*match.groups())) for match in PATTERN.finditer(text)}
    for written, value in found.items():
        if isinstance(value, Unknown):
            return Unknown(value.source)
        text = text.replace(written, str(value))
    return text


def scoped(value: Any, scope: str) -> Any:
    """Return ``value`` with references to resources pointing into ``scope``, so that hosts may share names."""

    def prefixed(match: re.Match[str]) -> str:
        kind, name, attribute = match.groups()
        return match.group(0) if kind in BUILT_IN else f"${{{kind}.{scope}/{name}.{attribute}}}"

    if isinstance(value, dict):
        return {scoped(key, scope): scoped(item, scope) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [scoped(item, scope) for item in value]
    return PATTERN.sub(prefixed, value) if isinstance(value, str) else value
