"""The pure core: what differs between what is wanted and what is there."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from .unknown import Unknown, has_unknown

_MISSING = object()


class Change(NamedTuple):
    """One top-level property that differs: its value now and as wanted."""

    before: Any
    after: Any


Changes = dict[str, Change]


def canonical(value: Any) -> str:
    """Return a text that is equal for equal data, whatever the order of keys; used to sort and compare."""
    return json.dumps(value, sort_keys=True, default=repr)


def _document(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value.strip() else value


def _sorted(value: Any) -> Any:
    return sorted(value, key=canonical) if isinstance(value, list | tuple | set) else value


def _same(wanted: Any, actual: Any) -> bool:
    if isinstance(wanted, Unknown):
        return False
    if isinstance(wanted, dict) and isinstance(actual, dict):
        return all(_same(item, actual.get(key, _MISSING)) for key, item in wanted.items())
    if isinstance(wanted, list | tuple) and isinstance(actual, list | tuple):
        return len(wanted) == len(actual) and all(map(_same, wanted, actual))
    if isinstance(wanted, bool) or isinstance(actual, bool):
        return wanted is actual
    return bool(wanted == actual)


def _exact(wanted: Any, actual: Any) -> bool:
    return not has_unknown(wanted) and canonical(wanted) == canonical(actual)


def differences(
    wanted: dict[str, Any],
    actual: dict[str, Any],
    *,
    unordered: Collection[str] = (),
    documents: Collection[str] = (),
    exact: Collection[str] = (),
) -> Changes:
    """Return the properties of ``wanted`` that ``actual`` does not have.

    A property that is not wanted is left alone. A nested dictionary matches when every wanted key does, because AWS
    fills in its defaults; lists match item by item.

    Args:
        wanted: properties as declared, references resolved.
        actual: the resource as read, under the same names.
        unordered: properties whose order AWS does not keep.
        documents: properties that are JSON text on one side and data on the other, compared as data.
        exact: properties compared whole, where a nested key that is there and not wanted is a difference.
    """
    changes: Changes = {}
    for name, value in wanted.items():
        before, after = actual.get(name), value
        if name in documents:
            before, after = _document(before), _document(after)
        if name in unordered:
            before, after = _sorted(before), _sorted(after)
        same: Callable[[Any, Any], bool] = _exact if name in exact or name in documents or name == "Tags" else _same
        if not same(after, before):
            changes[name] = Change(before, after)
    return changes
