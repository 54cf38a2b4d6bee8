"""Lists whose order AWS does not keep, deep inside of properties."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..unknown import has_unknown

#: What names an entry of a list, tried in this order.
NAMES = ("name", "Name", "Id", "Field", "TargetGroupArn", "targetGroupArn", "capacityProvider", "key", "Key")


def ordered_like(wanted: Any, actual: Any, fixed: Collection[str] = ()) -> Any:
    """Return ``actual`` with every list in the order of ``wanted``, so that the two can be compared item by item.

    Args:
        wanted: a property as declared.
        actual: the same property as AWS tells it.
        fixed: names of lists whose order means something, such as ``command``.
    """
    if isinstance(wanted, dict) and isinstance(actual, dict):
        return {
            key: value if key in fixed or key not in wanted else ordered_like(wanted[key], value, fixed)
            for key, value in actual.items()
        }
    if isinstance(wanted, list) and isinstance(actual, list):
        return _list(wanted, actual, fixed)
    return actual


def _list(wanted: list[Any], actual: list[Any], fixed: Collection[str]) -> list[Any]:
    left, found = list(actual), []
    for item in wanted:
        match = next((index for index, other in enumerate(left) if _is(item, other)), None)
        if match is not None:
            found.append(ordered_like(item, left.pop(match), fixed))
    return found + left


def _is(wanted: Any, other: Any) -> bool:
    """Say whether two entries are one and the same, though perhaps not equal."""
    if isinstance(wanted, dict) and isinstance(other, dict):
        name = next((name for name in NAMES if name in wanted), None)
        if name is not None and not has_unknown(wanted[name]):
            return bool(wanted[name] == other.get(name))
        return all(key in other and _is(item, other[key]) for key, item in wanted.items())
    return bool(wanted == other)
