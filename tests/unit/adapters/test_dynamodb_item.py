from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.records import read_items
from tests.unit.adapters.converging import REGION, Converge

TABLE = "slipway-test-leases"
KEY = "dynamodb_item.record"
ITEM: dict[str, Any] = {"stable": "blue", "number": 1, "weights": {"blue": 999, "green": 0}, "share": 0.5}
Client = Callable[[str], Any]


@pytest.fixture(autouse=True)
def _table(client: Client) -> None:
    client("dynamodb").create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


def record(name: str = "web", **more: Any) -> dict[str, Any]:
    properties = {"TableName": TABLE, "Key": {"id": f"services/{name}"}, **more}
    return {"type": "dynamodb_item", "name": "record", "properties": properties}


def test_lives(converge: Converge) -> None:
    converge.lives([record(Item={**ITEM, "share": 1})])


def test_mends(converge: Converge, client: Client) -> None:
    def change(_run: object) -> None:
        client("dynamodb").update_item(
            TableName=TABLE,
            Key={"id": {"S": "services/web"}},
            UpdateExpression="SET stable = :green",
            ExpressionAttributeValues={":green": {"S": "green"}},
        )

    converge.mends([record(Item={**ITEM, "share": 1})], change, {KEY: {"Item"}})


def test_leaves_an_initial_item_to_others(converge: Converge) -> None:
    converge([record(Item={"stable": "green"})])
    entry = {**record(), "initial": {"Item": {"stable": "blue"}}}
    run = converge([entry])
    assert run.changed == {}
    assert run.state(KEY)["Item"]["stable"] == "green"


def test_removes_from_a_table_that_is_gone(converge: Converge, client: Client) -> None:
    converge([record(Item={"stable": "blue"})])
    client("dynamodb").delete_table(TableName=TABLE)
    assert converge([record(Item={})], absent=True).changed == {}


def test_reads_two_hundred_with_two_calls(client: Client) -> None:
    with_batch = [{"PutRequest": {"Item": {"id": {"S": f"services/s{number}"}}}} for number in range(200)]
    for start in range(0, 200, 25):
        client("dynamodb").batch_write_item(RequestItems={TABLE: with_batch[start : start + 25]})
    cloud = Cloud(REGION)
    assert len(read_items(cloud, TABLE, [{"id": f"services/s{number}"} for number in range(200)])) == 200
    assert cloud.calls == {"dynamodb.batch_get_item": 2}
