"""Filters that make lists of resources from one that is written down once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

PLACE = "<each>"


def for_each(names: Iterable[str], template: list[Any], place: str = PLACE) -> list[Any]:
    """Return the items of ``template`` once for each of ``names``, with ``place`` in any string replaced by the name.

    Args:
        names: a list, or a dictionary whose keys are meant.
        template: data of any depth; keys of dictionaries are strings too.
        place: what stands for the name.
    """
    return [_filled(item, place, name) for name in names for item in template]


def _filled(value: Any, place: str, name: str) -> Any:
    if isinstance(value, Mapping):
        return {_filled(key, place, name): _filled(item, place, name) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(item, place, name) for item in value]
    return value.replace(place, name) if isinstance(value, str) else value


def for_each_of(items: Iterable[Mapping[str, Any]], template: list[Any]) -> list[Any]:
    """Return the items of ``template`` once for each of ``items``, with ``<name>`` replaced by its value of that name.

    Args:
        items: values by name.
        template: data of any depth; a string that is a place and nothing else becomes the value, of whatever type.
    """
    return [_with_values(one, values) for values in items for one in template]


def _with_values(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, Mapping):
        return {key: _with_values(item, values) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_values(item, values) for item in value]
    if not isinstance(value, str):
        return value
    for name, given in values.items():
        if value == f"<{name}>":
            return given
        value = value.replace(f"<{name}>", str(given))
    return value


def service_values(
    hostvars: Mapping[str, Mapping[str, Any]], services: Iterable[str], variable: str, default: Any
) -> dict[str, Any]:
    """Return what each service's variables say, for platform roles that serve the services.

    Args:
        hostvars: Ansible's variables by host.
        services: names of services; each is a host of the inventory.
        variable: e.g. ``service_secrets``.
        default: for a service that does not set the variable.
    """
    return {name: hostvars[name].get(variable, default) if name in hostvars else default for name in services}


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"for_each": for_each, "for_each_of": for_each_of, "service_values": service_values}
