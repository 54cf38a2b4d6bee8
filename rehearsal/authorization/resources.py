"""Which resources a call is about, from its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import product
from typing import Any

from rehearsal.authorization.reference import ResourceType, operations, types

#: How operations begin whose resource is not there yet.
NEW = ("Create", "Allocate", "Register", "Restore", "Run", "Put", "Request")


def resources(action: str, operation: str, params: Mapping[str, Any], place: Mapping[str, str]) -> set[str]:
    """Return the ARNs that an action needs to be allowed on, ``*`` where it is allowed on all resources only.

    Args:
        action: with its service's prefix.
        operation: the API's name of the call.
        params: of the call.
        place: ``Partition``, ``Region`` and ``Account``.
    """
    wanted = types(action)
    if not wanted:
        return {"*"}
    texts, made = set(_texts(params)), created(action, operation)
    found = {one.name: set(_of_type(one, made, action, params, texts, place)) for one in wanted}
    hit = set().union(*found.values())
    missing = {one.filled(dict(place)) for one in wanted if one.required and not found[one.name]}
    if missing and (made or not hit):
        hit |= missing
    if not hit and "AssociationId" in params:
        return set()  # An association that is gone: AWS says so, and nothing is left to be allowed.
    return hit or {"*"}


def tagged(action: str, operation: str, params: Mapping[str, Any], place: Mapping[str, str]) -> set[str]:
    """Return the ARNs of what a call creates, on which it needs the action that tags."""
    made = created(action, operation)
    found = [one for one in types(action) if one.name == made]
    if not found:
        return resources(action, operation, params, place)
    parents = [text for text in _texts(params) if text.startswith("arn:aws:elasticloadbalancing:")]
    child = {"listener/app": ":loadbalancer/", "listener-rule/app": ":listener/"}.get(made)
    under = [f"{text.replace(child, f':{made.split("/")[0]}/')}/*" for text in parents if child and child in text]
    named = under or list(_by_name(found[0], made, _aliases(action), params, place))
    return set(named) or {found[0].filled(dict(place))}


def created(action: str, operation: str) -> str:
    """Return the type of what an operation creates, empty when it creates nothing."""
    if not operation.startswith(NEW):
        return ""
    special: dict[str, str] = operations()["creates"].get(action.split(":", maxsplit=1)[0], {})
    thing = re.sub(r"^[A-Z][a-z]+", "", operation).lower()
    same = [one.name for one in types(action) if re.sub(r"\W", "", one.name).lower() == thing]
    return special.get(operation) or (same[0] if same else "")


def _of_type(  # noqa: PLR0913, PLR0917  what a call has
    one: ResourceType, made: str, action: str, params: Mapping[str, Any], texts: set[str], place: Mapping[str, str]
) -> Iterator[str]:
    named = {text.removesuffix(":*") for text in texts if text.startswith("arn:") and one.matches(text)}
    yield from named
    if one.name == "key" and str(params.get("KeyId", "")).startswith("alias/"):
        # The key behind the alias decides; of an alias that has none, the alias itself.
        yield from (
            () if named else [f"arn:{place['Partition']}:kms:{place['Region']}:{place['Account']}:{params['KeyId']}"]
        )
    elif action.startswith(("ec2:", "elasticfilesystem:")):
        prefix = operations()["id_prefixes"].get(one.name)
        ids = [text for text in texts if prefix and re.fullmatch(rf"{prefix}-[0-9a-f]+", text)]
        yield from (one.filled({**place, one.variables[0]: text}) for text in ids)
    elif not named:
        yield from _by_name(one, made, _aliases(action), params, place)


def _aliases(action: str) -> Mapping[str, list[str]]:
    found: Mapping[str, list[str]] = operations()["variables"].get(action.split(":", maxsplit=1)[0], {})
    return found


def _by_name(
    one: ResourceType, made: str, aliases: Mapping[str, list[str]], params: Mapping[str, Any], place: Mapping[str, str]
) -> Iterator[str]:
    if str(params.get("ResourceType", one.name)).lower() != one.name.lower():
        return
    values = {name: _values(name, aliases.get(name, [name]), params) for name in one.variables}
    known = any if one.name == made or not made else all
    if not known(values.values()):
        return
    for chosen in product(*(values[name] or ["*"] for name in one.variables)):
        yield one.filled({**place, **dict(zip(one.variables, chosen, strict=True))})


def _values(variable: str, parameters: list[str], params: Mapping[str, Any]) -> list[str]:
    for parameter in parameters:
        given = reduce(_inside, parameter.split("."), params)
        if given:
            listed = list(given) if isinstance(given, list | dict) else [str(given)]
            return [_last(variable, str(text)) for text in listed]
    return []


def _inside(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _last(variable: str, text: str) -> str:
    """Return the name in a value that may be an ARN, a path or a name with a revision."""
    if variable == "TaskDefinitionFamilyName":
        return text.rsplit("/", 1)[-1].split(":", maxsplit=1)[0]
    if variable == "Scope":
        return text.lower()
    if text.startswith("arn:"):
        return re.split(r"[:/]", text)[-1]
    return text if variable == "LogGroupName" else re.sub(r"^(/hostedzone/|alias/|/)", "", text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple | set):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
