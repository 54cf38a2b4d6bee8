"""What the record of a service says of its database's schema, so that no run changes it twice or leads back past it."""

from __future__ import annotations

from typing import Any

from ..cloud import Cloud
from ..records import stored
from ..service_state import record_key
from .journal import Journal
from .migration import floor_after
from .record import read_record
from .spec import CONTRACT
from .status import REMEMBERED, history


def is_migrated(cloud: Cloud, table: str, service: str, digest: str) -> bool:
    """Say whether a version that is to be released has migrated the database, though it has not got everything yet."""
    return bool(read_record(cloud, table, service).get("migrated") == digest)


def note_migrated(cloud: Cloud, table: str, service: str, digest: str) -> None:
    """Note that a version has migrated the database, until a version has everything."""
    _note(cloud, table, service, "migrated", digest)


def raise_floor(cloud: Cloud, table: str, service: str, contract_from: str) -> None:
    """Say before the schema is contracted which releases do not work any more, whatever becomes of this one."""
    record = read_record(cloud, table, service)
    past = history(Journal(cloud, table, service), REMEMBERED)
    floor = floor_after(CONTRACT, contract_from, record, past)
    if floor > int(record.get("floor", 0)):
        _note(cloud, table, service, "floor", floor)


def _note(cloud: Cloud, table: str, service: str, name: str, value: Any) -> None:
    cloud.write(
        "dynamodb",
        "update_item",
        TableName=table,
        Key={key: stored(text) for key, text in record_key(service).items()},
        UpdateExpression="SET #name = :value",
        ConditionExpression="attribute_exists(id)",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":value": stored(value)},
    )
