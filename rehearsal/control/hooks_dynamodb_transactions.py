"""DynamoDB: a transaction keeps the items that it names for the case that it fails; moto copies whole tables."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

Operations = list[dict[str, dict[str, Any]]]
_moto_transacts = DynamoDBBackend.transact_write_items


def _transact(backend: DynamoDBBackend, transact_items: Operations) -> None:
    """Carry a transaction out, with copies that share what it does not name."""
    named = {operation.get("TableName") for _, operation in _each(transact_items)}
    tables = [table for table in backend.tables.values() if table.name in named and table.stream_shard is None]
    for table in tables:
        kept = _copied(table, transact_items)
        table.__deepcopy__ = lambda _memo, kept=kept: kept
    try:
        _moto_transacts(backend, transact_items)
    finally:
        for table in tables:
            del table.__deepcopy__


def _copied(table: Table, transact_items: Operations) -> Table:
    kept = copy.copy(table)
    parts = {key: dict(found) if table.has_range_key else found for key, found in table.items.items()}
    kept.items = defaultdict(dict, parts)
    for kind, operation in _each(transact_items):
        if operation.get("TableName") == table.name:
            _copy_item(kept, operation.get("Item" if kind == "Put" else "Key") or {})
    return kept


def _copy_item(table: Table, values: Mapping[str, Any]) -> None:
    place: Any = table.items
    *above, last = (
        DynamoType(values.get(name, {"S": ""})) for name in (table.hash_key_attr, table.range_key_attr) if name
    )
    for key in above:
        place = place.get(key, {})
    if last in place:
        place[last] = copy.deepcopy(place[last])


def _each(transact_items: Operations) -> Iterator[tuple[str, dict[str, Any]]]:
    return (operation for one in transact_items for operation in one.items())


DynamoDBBackend.transact_write_items = _transact
