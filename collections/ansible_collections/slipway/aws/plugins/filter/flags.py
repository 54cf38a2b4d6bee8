"""Filters of the role feature_flags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def flag_document(flags: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return flags as AppConfig's type ``AWS.AppConfig.FeatureFlags`` has them.

    Args:
        flags: ``name``, ``enabled``, and maybe ``description`` and ``attributes``, which have ``type``, ``value`` and
            constraints by name.

    Raises:
        AnsibleFilterError: two flags have the same name, or an attribute has no type.
    """
    listed = list(flags)
    names = [flag["name"] for flag in listed]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise AnsibleFilterError(
            f"flag_document: {', '.join(twice)} stands in feature_flags twice; give each flag once"
        )
    return {
        "version": "1",
        "flags": {flag["name"]: _definition(flag) for flag in listed},
        "values": {flag["name"]: _value(flag) for flag in listed},
    }


def _definition(flag: Mapping[str, Any]) -> dict[str, Any]:
    attributes = {
        name: {"constraints": _constraints(flag["name"], name, one)} for name, one in _attributes(flag).items()
    }
    described = {"description": flag["description"]} if flag.get("description") else {}
    return {"name": flag["name"], **described, **({"attributes": attributes} if attributes else {})}


def _attributes(flag: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return dict(flag.get("attributes") or {})


def _constraints(flag: str, name: str, one: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(one, Mapping) or "type" not in one:
        raise AnsibleFilterError(
            f"flag_document: attribute {name} of {flag} has no type; allowed are string, number, boolean and array"
        )
    return {key: value for key, value in one.items() if key != "value"}


def _value(flag: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: one["value"] for name, one in _attributes(flag).items() if "value" in one}
    return {"enabled": bool(flag["enabled"]), **given}


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"flag_document": flag_document}
