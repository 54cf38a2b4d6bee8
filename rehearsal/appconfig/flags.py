"""What AppConfig checks of feature flags: their shape, and values against constraints.

https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-type-reference-feature-flags.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

TYPE = "AWS.AppConfig.FeatureFlags"
LONGEST_NAME, LONGEST_TEXT, MOST_ATTRIBUTES = 128, 1024, 25
_KEY = re.compile(r"[a-z][a-zA-Z\d_-]{0,63}")
_STAMPS = {"_createdAt", "_updatedAt"}
_FLAG = {"name", "description", "_deprecation", "attributes", *_STAMPS}
_CONSTRAINTS = {
    "string": {"type", "required", "pattern", "enum"},
    "number": {"type", "required", "minimum", "maximum"},
    "boolean": {"type", "required"},
    "array": {"type", "required", "elements"},
}
#: What a constraint is itself, and the types of which elements of an array can be.
_CONSTRAINED_BY = {
    "required": "boolean",
    "pattern": "string",
    "enum": "array",
    "minimum": "number",
    "maximum": "number",
}
_OF_ELEMENTS = ("string", "number")


def mistakes(content: bytes) -> list[str]:
    """Return what is wrong with the content of a version."""
    try:
        data = json.loads(content)
    except ValueError as error:
        return [f"the content is no JSON: {error}"]
    if not isinstance(data, dict):
        return ["the content is no object"]
    return [*_of_document(data), *_of_flags(data)]


def _of_document(data: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(set(data) - {"version", "flags", "values"}):
        yield f"additional property {name} is not allowed"
    if data.get("version") != "1":
        yield 'version must be "1"'
    for place in ("flags", "values"):
        if not isinstance(data.get(place, {}), dict):
            yield f"{place} must be an object"


def _of_flags(data: Mapping[str, Any]) -> Iterator[str]:
    flags, values = (_object(data.get(name)) for name in ("flags", "values"))
    for key, flag in flags.items():
        yield from (f"flags.{key}: {text}" for text in _of_flag(key, _object(flag)))
    for key, value in values.items():
        if key not in flags:
            yield f"values.{key}: there is no flag of that key"
        else:
            attributes = _object(_object(flags[key]).get("attributes"))
            yield from (f"values.{key}: {text}" for text in _of_value(_object(value), attributes))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _of_flag(key: str, flag: Mapping[str, Any]) -> Iterator[str]:
    if not _KEY.fullmatch(key):
        yield f"a key must match {_KEY.pattern}"
    if not isinstance(flag.get("name"), str) or not 0 < len(flag["name"]) <= LONGEST_NAME:
        yield f"name must be text of 1 to {LONGEST_NAME} characters"
    if len(str(flag.get("description", ""))) > LONGEST_TEXT:
        yield f"description is longer than {LONGEST_TEXT} characters"
    for name in sorted(set(flag) - _FLAG):
        yield f"additional property {name} is not allowed"
    attributes = _object(flag.get("attributes"))
    if len(attributes) > MOST_ATTRIBUTES:
        yield f"at most {MOST_ATTRIBUTES} attributes are allowed"
    for name, one in attributes.items():
        yield from (f"attributes.{name}: {text}" for text in _of_attribute(name, _object(one)))


def _of_attribute(name: str, one: Mapping[str, Any]) -> Iterator[str]:
    if not _KEY.fullmatch(name) or name == "enabled":
        yield f"a key must match {_KEY.pattern} and not be enabled"
    yield from _of_constraints(_object(one.get("constraints")), tuple(_CONSTRAINTS))


def _of_constraints(constraints: Mapping[str, Any], types: Sequence[str]) -> Iterator[str]:
    kind = str(constraints.get("type"))
    if kind not in types:
        yield f"constraints.type must be one of {', '.join(types)}"
        return
    if set(constraints) - _CONSTRAINTS[kind]:
        yield f"constraints {', '.join(sorted(set(constraints) - _CONSTRAINTS[kind]))} are not those of a {kind}"
    for name, wanted in _CONSTRAINED_BY.items():
        if name in constraints and not _IS[wanted](constraints[name]):
            yield f"constraints.{name}: {constraints[name]!r} is no {wanted}"
    if "elements" in constraints:
        yield from _of_constraints(_object(constraints["elements"]), _OF_ELEMENTS)


def _of_value(value: Mapping[str, Any], attributes: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(value.get("enabled"), bool):
        yield "enabled must be true or false"
    for name in sorted(set(value) - set(attributes) - _STAMPS - {"enabled"}):
        yield f"the flag has no attribute {name}"
    for name, one in attributes.items():
        constraints = _object(_object(one).get("constraints"))
        if list(_of_constraints(constraints, tuple(_CONSTRAINTS))):
            continue
        if name in value:
            yield from (f"{name}: {text}" for text in _of_attribute_value(value[name], constraints))
        elif constraints.get("required"):
            yield f"{name} is required"


def _of_attribute_value(value: Any, constraints: Mapping[str, Any]) -> Iterator[str]:
    kind = constraints["type"]
    if not _IS[kind](value):
        yield f"{value!r} is no {kind}"
    elif kind == "number":
        yield from _of_number(value, constraints)
    elif kind == "string":
        yield from _of_text(value, constraints)
    elif "elements" in constraints:
        for element in value:
            yield from _of_attribute_value(element, constraints["elements"])


def _of_number(value: float, constraints: Mapping[str, Any]) -> Iterator[str]:
    if value < constraints.get("minimum", value):
        yield f"{value} is less than the minimum {constraints['minimum']}"
    if value > constraints.get("maximum", value):
        yield f"{value} is greater than the maximum {constraints['maximum']}"


def _of_text(text: str, constraints: Mapping[str, Any]) -> Iterator[str]:
    if len(text) > LONGEST_TEXT:
        yield f"it is longer than {LONGEST_TEXT} characters"
    if "enum" in constraints and text not in constraints["enum"]:
        yield f"{text!r} is none of {', '.join(map(str, constraints['enum']))}"
    if "pattern" in constraints and not re.search(constraints["pattern"], text):
        yield f"{text!r} does not match {constraints['pattern']}"


_IS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
}


def stamped(content: bytes, now: str) -> bytes:
    """Return content with the times that AppConfig adds to each flag and value."""
    data = json.loads(content)
    for place in ("flags", "values"):
        for one in _object(data.get(place)).values():
            one.update({"_createdAt": now, "_updatedAt": now})
    return json.dumps(data).encode()


def retrieved(content: bytes) -> bytes:
    """Return what those who ask get: of a flag that is off no attributes."""
    values = _object(json.loads(content).get("values"))
    told = {
        key: {name: one for name, one in value.items() if name not in _STAMPS}
        if value["enabled"]
        else {"enabled": False}
        for key, value in values.items()
    }
    return json.dumps(told).encode()
