"""Checks of what was declared, before any call: names of properties against AWS's own API model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from .adapter import Adapter, adapter_class
from .models import service_model
from .nearest import nearest
from .resource import Resource


@cache
def input_shape(service: str, operation: str) -> Any:
    """Return the shape of an operation's input, as botocore's model has it."""
    return service_model(service).operation_model(operation).input_shape


def create_properties(adapter: type[Adapter]) -> list[str]:
    """Return the names of the properties that an adapter's create call takes."""
    return list(input_shape(adapter.service, adapter.create_operation).members)


def _suggest(name: str, allowed: list[str]) -> str:
    return nearest(name, allowed, f"allowed are: {', '.join(sorted(allowed))}")


def _nested(value: Any, shape: Any, path: str) -> Iterator[str]:
    if isinstance(value, list) and shape.type_name == "list":
        for index, item in enumerate(value):
            yield from _nested(item, shape.member, f"{path}[{index}]")
    elif isinstance(value, dict) and shape.type_name == "structure":
        for name, item in value.items():
            if name in shape.members:
                yield from _nested(item, shape.members[name], f"{path}.{name}")
            else:
                yield f"{path} has no field {name!r}; {_suggest(name, list(shape.members))}"


def problems(resource: Resource) -> list[str]:
    """Return one sentence for each mistake in a declared resource, without asking AWS.

    Raises:
        ConvergeError: the type does not exist.
    """
    adapter = adapter_class(resource.type)
    found = list(_property_problems(resource, adapter))
    missing = set(adapter.required) - set(resource.properties) - set(resource.initial)
    if not resource.absent:
        found += [f"property {name!r} is required" for name in sorted(missing)]
    return [f"{resource}: {text}" for text in found]


def _property_problems(resource: Resource, adapter: type[Adapter]) -> Iterator[str]:
    members = input_shape(adapter.service, adapter.create_operation).members
    allowed = [*members, *adapter.more_properties]
    for name, value in {**resource.properties, **resource.initial}.items():
        if name not in allowed:
            yield f"there is no property {name!r}; {_suggest(name, allowed)}"
        elif name in members and name not in adapter.more_properties and name not in adapter.documents:
            yield from _nested(value, members[name], name)
