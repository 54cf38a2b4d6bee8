"""Items of a DynamoDB table as plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from .cloud import Cloud, error_code

BATCH = 100  # BatchGetItem takes at most a hundred keys
#: The code of a write whose condition does not hold.
REFUSED = "ConditionalCheckFailedException"


def stored(value: Any) -> Any:
    """Return plain data as DynamoDB's attribute value; it knows decimals only."""
    if isinstance(value, bytes):
        return TypeSerializer().serialize(value)
    return TypeSerializer().serialize(json.loads(json.dumps(value), parse_float=Decimal))


def read_items(cloud: Cloud, table: str, keys: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return those items of a table that exist; none when there is no table.

    Args:
        cloud: the account and region.
        table: its name.
        keys: the items' keys as plain data.
    """
    asked = [{name: stored(value) for name, value in key.items()} for key in keys]
    found: list[dict[str, Any]] = []
    while asked:
        batch, asked = asked[:BATCH], asked[BATCH:]
        try:
            answer = cloud.read(
                "dynamodb", "batch_get_item", RequestItems={table: {"Keys": batch, "ConsistentRead": True}}
            )
        except ClientError as error:
            if error_code(error) == "ResourceNotFoundException":
                return []
            raise
        found += [_plain_item(item) for item in answer["Responses"].get(table, [])]
        asked += answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
    return found


def _plain_item(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(TypeDeserializer().deserialize(value)) for name, value in item.items()}


def _plain(value: Any) -> Any:
    """Return a value with DynamoDB's decimals as the numbers they were."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
