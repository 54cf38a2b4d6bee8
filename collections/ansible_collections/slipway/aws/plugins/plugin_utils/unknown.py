"""The one value that stands for "AWS will tell us": it may be shown, and never reaches an API call."""

from __future__ import annotations

from typing import Any


class Unknown:
    """A value that does not exist before something else is created.

    Args:
        source: the reference it would have come from, e.g. ``ec2_vpc.main.VpcId``.
    """

    def __init__(self, source: str) -> None:
        self.source = source

    def __repr__(self) -> str:
        """Show a reader of a plan where the value will come from."""
        return f"(known after apply: {self.source})"

    def __eq__(self, other: object) -> bool:
        """Two unknown values of one source are the same value."""
        return isinstance(other, Unknown) and other.source == self.source

    def __hash__(self) -> int:
        """Hash like the source, so that unknown values can stand in sets."""
        return hash(self.source)


def has_unknown(value: Any) -> bool:
    """Say whether an unknown value stands anywhere inside ``value``."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list | tuple | set):
        return any(has_unknown(item) for item in value)
    return isinstance(value, Unknown)


def shown(value: Any) -> Any:
    """Return ``value`` with every unknown replaced by its text, ready for JSON."""
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [shown(item) for item in value]
    return repr(value) if isinstance(value, Unknown) else value
