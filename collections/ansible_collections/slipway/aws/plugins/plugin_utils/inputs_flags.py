"""Checks of feature flags; as in :mod:`inputs`, pure, a sentence for each mistake.

What flags may be: https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-type-reference-feature-flags.html
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from typing import Any

COMPONENT = "feature_flags"
_KEY = re.compile(r"[a-z][a-zA-Z0-9_-]{0,63}")
_KEYS = "1 to 64 letters, digits, _ and -, a small letter first"
_TYPES: dict[str, Any] = {"string": str, "number": (int, float), "boolean": bool, "array": list, "constraints": Mapping}
#: What values of each type can be held to, and what that has to be. AppConfig alone tries patterns, in its own dialect.
_CONSTRAINTS: dict[str, dict[str, str]] = {
    "string": {"required": "boolean", "enum": "array", "pattern": "string"},
    "number": {"required": "boolean", "minimum": "number", "maximum": "number"},
    "boolean": {"required": "boolean"},
    "array": {"required": "boolean", "elements": "constraints"},
}
#: Types that elements of an array can have.
_OF_ELEMENTS = ("string", "number")


def flag_problems(flags: Any, platform: Container[str]) -> Iterator[str]:
    """Check that somebody deploys the flags, that each has a key of its own, and attributes that AppConfig takes.

    Args:
        flags: of the environment.
        platform: the components of the inventory; none where the run has no part of it.
    """
    if not isinstance(flags, list) or not all(isinstance(flag, Mapping) for flag in flags):
        yield f"feature_flags is {flags!r}; allowed is a list of flags, each with name and enabled"
        return
    if flags and platform and COMPONENT not in platform:
        yield (
            f"feature_flags has {len(flags)} flags, but the inventory has no component {COMPONENT}; add it to"
            " hosts.yml, in the group access"
        )
    yield from _name_problems([str(flag.get("name", "")) for flag in flags])
    for flag in flags:
        yield from _flag_problems(flag)


def _name_problems(names: list[str]) -> Iterator[str]:
    for name in dict.fromkeys(names):
        if not _KEY.fullmatch(name):
            yield f"feature_flags has a flag with the name {name!r}; allowed are {_KEYS}"
        if names.count(name) > 1:
            yield f"feature_flags has {name} {names.count(name)} times; give each flag once"


def _flag_problems(flag: Mapping[str, Any]) -> Iterator[str]:
    where, attributes = f"feature_flags: {flag.get('name')}", flag.get("attributes") or {}
    if not _is(flag.get("enabled"), "boolean"):
        yield f"{where}.enabled is {flag.get('enabled')!r}; allowed are true and false"
    if not isinstance(attributes, Mapping):
        yield f"{where}.attributes is {attributes!r}; allowed are attributes by name, each with type and value"
        return
    for name, attribute in attributes.items():
        yield from _attribute_problems(f"{where}.{name}", str(name), attribute)


def _attribute_problems(where: str, name: str, attribute: Any) -> Iterator[str]:
    """Check name, constraints and value; a value is held against constraints that make sense only."""
    if not _KEY.fullmatch(name) or name == "enabled":
        yield f"{where} has a name that AppConfig refuses; allowed are {_KEYS}, and anything but enabled"
    wrong = list(_constraint_problems(where, attribute, tuple(_CONSTRAINTS), {"value"}))
    yield from wrong
    if wrong:
        return
    if "value" in attribute:
        yield from _value_problems(where, attribute["value"], attribute)
    elif attribute.get("required"):
        yield f"{where} has no value, and is required; give it one"


def _constraint_problems(where: str, held: Any, types: tuple[str, ...], more: set[str]) -> Iterator[str]:
    kind = held.get("type") if isinstance(held, Mapping) else None
    if kind not in types:
        yield f"{where}.type is {kind!r}; allowed are {', '.join(types)}"
        return
    known = _CONSTRAINTS[kind]
    for name in sorted(set(held) - {"type", *more}):
        if name not in known:
            yield f"{where}.{name} is no constraint of the type {kind}; allowed are {', '.join(known)}"
        elif not _is(held[name], known[name]):
            yield f"{where}.{name} is {held[name]!r}; allowed is {_one_of(known[name])}"
    if _is(held.get("elements"), "constraints"):
        yield from _constraint_problems(f"{where}.elements", held["elements"], _OF_ELEMENTS, set())


def _value_problems(where: str, value: Any, held: Mapping[str, Any]) -> Iterator[str]:
    if not _fits(value, held):
        yield f"{where} is {value!r}; allowed is {_allowed(held)}"
    elif "elements" in held:
        for place, element in enumerate(value):
            yield from _value_problems(f"{where}[{place}]", element, held["elements"])


def _fits(value: Any, held: Mapping[str, Any]) -> bool:
    if not _is(value, held["type"]):
        return False
    if held["type"] == "number":
        return bool(held.get("minimum", value) <= value <= held.get("maximum", value))
    return value in held.get("enum", [value])


def _is(value: Any, kind: str) -> bool:
    """Say whether a value is of a type; to Python true and false are numbers, to AppConfig they are not."""
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _allowed(held: Mapping[str, Any]) -> str:
    if "enum" in held:
        return f"one of {', '.join(map(str, held['enum']))}"
    ends = [f"{word} {held[name]}" for word, name in (("from", "minimum"), ("to", "maximum")) if name in held]
    return " ".join([_one_of(held["type"]), *ends])


def _one_of(kind: str) -> str:
    return {"boolean": "true or false", "array": "a list", "constraints": "a type with its constraints"}.get(
        kind, f"a {kind}"
    )
