"""A part of what was taken over: its variables, what is found by its own id, and what is left outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Pins = dict[str, dict[str, dict[str, Any]]]


@dataclass
class Part:
    """What is known of one part.

    Attributes:
        variables: for the environment's group_vars.
        pins: entries of ``slipway_adopted``, by component and ``type.name``.
        left: what stays outside, and why: ``{what, why}``.
    """

    variables: dict[str, Any] = field(default_factory=dict)
    pins: Pins = field(default_factory=dict)
    left: list[dict[str, str]] = field(default_factory=list)

    def pin(self, component: str, entries: Mapping[str, str]) -> None:
        """Have resources found by id, or, without one, by what they belong to. Nothing of them may change."""
        pins = self.pins.setdefault(component, {})
        for key, name in entries.items():
            pins[key] = {**({"id": name} if name else {}), "change": []}

    def leave_out(self, component: str, keys: list[str]) -> None:
        """Have resources neither made nor changed."""
        self.pins.setdefault(component, {}).update({key: {"leave": True} for key in keys})

    def leave(self, what: str, why: str) -> None:
        """Say what stays outside."""
        self.left.append({"what": what, "why": why})


def joined(parts: list[Part]) -> Part:
    """Return several parts as one."""
    whole = Part()
    for part in parts:
        whole.variables |= part.variables
        whole.left += part.left
        for component, pins in part.pins.items():
            whole.pins.setdefault(component, {}).update(pins)
    return whole
