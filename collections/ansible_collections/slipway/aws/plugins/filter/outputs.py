"""Filters for what a component publishes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def published_outputs(values: Mapping[str, Any], path: str) -> list[dict[str, Any]]:
    """Return the SSM parameters that publish ``values`` under ``path``; a list is stored as a StringList.

    Args:
        values: what is published by name; values may be references.
        path: e.g. ``/slipway/dev/network``.
    """
    return [
        {
            "type": "ssm_parameter",
            "name": name,
            "properties": {
                "Name": f"{path}/{name}",
                "Type": "StringList" if isinstance(value, list) else "String",
                "Value": value if isinstance(value, list) else str(value),
            },
        }
        for name, value in values.items()
    ]


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"published_outputs": published_outputs}
