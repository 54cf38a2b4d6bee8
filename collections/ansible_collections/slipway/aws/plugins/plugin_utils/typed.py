"""Text as the number or boolean that AWS's API model asks for; surveys and ``-e name=value`` send all as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from .adapter import Adapter, adapter_class
from .models import service_model
from .resource import Resource
from .validate import input_shape

#: What may be meant as a number or a boolean; for other text no model need be searched.
_MEANS_MORE = re.compile(r"[-+.\d]+(e[-+]?\d+)?|true|yes|false|no", re.IGNORECASE)
BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}


def typed(resource: Resource) -> Resource:
    """Return a resource whose properties have the types of the create call; what cannot be meant stays as it is.

    Raises:
        ConvergeError: the resource type does not exist.
    """
    adapter = adapter_class(resource.type)
    members = input_shape(adapter.service, adapter.create_operation).members
    properties, initial = (
        {name: _property(adapter, members, name, value) for name, value in values.items()}
        for values in (resource.properties, resource.initial)
    )
    return replace(resource, properties=properties, initial=initial)


def _property(adapter: type[Adapter], members: Mapping[str, Any], name: str, value: Any) -> Any:
    if name in adapter.documents:
        return value
    if name in members and name not in adapter.more_properties:
        return _typed(value, members[name])
    if isinstance(value, str) and _MEANS_MORE.fullmatch(value):
        return _of_text(value, _type_elsewhere(adapter.service, name))
    return value


@cache
def _type_elsewhere(service: str, name: str) -> str:
    """Return the type that all operations of a service give a field of this name; empty when they do not agree."""
    model = service_model(service)
    inputs = [model.operation_model(operation).input_shape for operation in model.operation_names]
    found = {shape.members[name].type_name for shape in inputs if shape is not None and name in shape.members}
    return found.pop() if len(found) == 1 else ""


def _fields(values: Mapping[str, Any], shapes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _typed(value, shapes[name]) if name in shapes else value for name, value in values.items()}


def _typed(value: Any, shape: Any) -> Any:
    if isinstance(value, str):
        return _of_text(value, shape.type_name)
    if isinstance(value, list) and shape.type_name == "list":
        return [_typed(item, shape.member) for item in value]
    if isinstance(value, dict) and shape.type_name == "structure":
        return _fields(value, shape.members)
    return value


def _of_text(text: str, wanted: str) -> Any:
    try:
        if wanted in {"integer", "long"}:
            return int(text)
        if wanted in {"float", "double"}:
            return float(text)
    except ValueError:
        return text
    return BOOLEANS.get(text.lower(), text) if wanted == "boolean" else text
