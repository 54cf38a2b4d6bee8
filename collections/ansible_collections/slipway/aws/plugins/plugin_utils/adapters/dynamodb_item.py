"""Single items of DynamoDB tables: records that outlive a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from ..adapter import Adapter, only
from ..cloud import error_code
from ..compare import Changes, canonical
from ..records import REFUSED, read_items, stored
from ..resource import Resource, State


class DynamodbItem(Adapter):
    """An item. ``Key`` and ``Item`` are plain data; an ``Item`` under ``initial`` is others' once it is there."""

    service = "dynamodb"
    create_operation = "PutItem"
    more_properties = ("Key", "Item")
    required = ("TableName", "Key", "Item")
    identity = ("TableName", "Key")
    taggable = False

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Read a hundred items of a table in one call."""
        tables: dict[str, dict[str, Resource]] = defaultdict(dict)
        for resource in resources:
            tables[resource.properties["TableName"]][canonical(resource.properties["Key"])] = resource
        found: dict[str, State] = {}
        for table, wanted in tables.items():
            keys = [resource.properties["Key"] for resource in wanted.values()]
            for item in read_items(self.cloud, table, keys):
                key = only(item, tuple(keys[0]))
                found[wanted[canonical(key)].name] = {"TableName": table, "Key": key, "Item": item}
        return found

    def create(self, resource: Resource) -> None:
        """Put the item unless somebody was faster."""
        names = {f"#{index}": name for index, name in enumerate(resource.properties["Key"])}
        condition = " AND ".join(f"attribute_not_exists({alias})" for alias in names)
        try:
            self._put(resource, ConditionExpression=condition, ExpressionAttributeNames=names)
        except ClientError as error:
            if error_code(error) != REFUSED or not self._is_declared(resource):
                raise

    def _is_declared(self, resource: Resource) -> bool:
        """Say whether the item is there as declared: the answer to a put may have been lost, and the put made again."""
        item = {**resource.properties["Item"], **resource.properties["Key"]}
        return bool(read_items(self.cloud, resource.properties["TableName"], [resource.properties["Key"]]) == [item])

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put the item as declared, whole."""
        del state, changes
        self._put(resource)

    def _put(self, resource: Resource, **more: Any) -> None:
        item = {**resource.properties["Item"], **resource.properties["Key"]}
        attributes = {name: stored(value) for name, value in item.items()}
        self.write("put_item", TableName=resource.properties["TableName"], Item=attributes, **more)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the item; a table that is gone took it along."""
        del resource
        key = {name: stored(value) for name, value in state["Key"].items()}
        self.write_unless("delete_item", ["ResourceNotFoundException"], TableName=state["TableName"], Key=key)


ADAPTER = DynamodbItem
