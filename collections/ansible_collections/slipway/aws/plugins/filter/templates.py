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
        return {"for_each": for_each, "service_values": service_values}
