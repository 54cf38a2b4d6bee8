"""What functions of several subjects ask of a description."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Description = Mapping[str, Any]
Holds = Callable[[Description], bool]
WORLD = {"0.0.0.0/0", "::/0"}


def is_public(policy: Description) -> bool:
    """Say whether a resource policy lets anybody in without a condition."""
    return any(
        one["Effect"] == "Allow" and one.get("Principal") in ("*", {"AWS": "*"}) and not one.get("Condition")
        for one in policy["Statement"]
    )


def listed(value: str | list[str]) -> list[str]:
    """Return what a policy has as one text or as a list of them."""
    return [value] if isinstance(value, str) else value


def tagged(found: Description) -> bool:
    """Say whether it has a tag of somebody's own; AWS's begin with ``aws:``."""
    return any(not name.startswith("aws:") for name in found["Tags"])
