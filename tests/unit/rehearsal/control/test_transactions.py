"""A transaction that fails leaves every item as it was, and one that succeeds copies no items that it does not name."""

import time

import pytest

from tests.unit.rehearsal.control.cloud import name

ITEMS = 200


@pytest.fixture(scope="module", params=[False, True], ids=["hash key", "hash and range key"])
def table(cloud, request):
    kinds = {"HASH": "id", "RANGE": "part"} if request.param else {"HASH": "id"}
    table, each = name(), [{"AttributeName": one, "KeyType": kind} for kind, one in kinds.items()]
    types = [{"AttributeName": one, "AttributeType": "S"} for one in kinds.values()]
    made = cloud.dynamodb
    made.create_table(TableName=table, AttributeDefinitions=types, KeySchema=each, BillingMode="PAY_PER_REQUEST")
    for number in range(ITEMS):
        made.put_item(
            TableName=table, Item={**key(kinds, number), "count": {"N": "0"}, "more": {"L": [{"S": "x"}] * 300}}
        )
    return table, kinds


def key(kinds, number):
    return {one: {"S": f"{number}"} for one in kinds.values()}


def update(table, number, **more):
    table, kinds = table
    add = {"UpdateExpression": "ADD #c :one", "ExpressionAttributeNames": {"#c": "count"}}
    operation = {
        "TableName": table,
        "Key": key(kinds, number),
        **add,
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    return {"Update": {**operation, **more}}


def counts(cloud, table):
    keys = {number: key(table[1], number) for number in (*range(10), "new")}
    found = {number: cloud.dynamodb.get_item(TableName=table[0], Key=one).get("Item") for number, one in keys.items()}
    return {number: int(one["count"]["N"]) for number, one in found.items() if one}


def test_a_transaction_that_fails_changes_nothing(cloud, table):
    before = counts(cloud, table)
    fails = update(table, 2, ConditionExpression="attribute_not_exists(id)")
    put = {"Put": {"TableName": table[0], "Item": {**key(table[1], 3), "count": {"N": "9"}}}}
    delete = {"Delete": {"TableName": table[0], "Key": key(table[1], 4)}}
    new = {"Put": {"TableName": table[0], "Item": {**key(table[1], "new"), "count": {"N": "9"}}}}
    with pytest.raises(cloud.dynamodb.exceptions.TransactionCanceledException) as refused:
        cloud.dynamodb.transact_write_items(TransactItems=[update(table, 1), put, delete, new, fails])
    reasons = [one["Code"] for one in refused.value.response["CancellationReasons"]]
    assert reasons == ["None"] * 4 + ["ConditionalCheckFailed"]
    assert counts(cloud, table) == before
    assert cloud.dynamodb.describe_table(TableName=table[0])["Table"]["ItemCount"] == ITEMS


def test_one_that_succeeds_changes_what_it_names(cloud, table):
    cloud.dynamodb.transact_write_items(TransactItems=[update(table, 5), update(table, 6)])
    assert counts(cloud, table) == {**dict.fromkeys(range(10), 0), 5: 1, 6: 1}


def test_it_takes_no_longer_beside_many_items(cloud, table):
    def seconds(call):
        begun = time.process_time()
        for _ in range(5):
            call()
        return time.process_time() - begun

    alone = seconds(lambda: cloud.dynamodb.update_item(**update(table, 7)["Update"]))
    assert seconds(lambda: cloud.dynamodb.transact_write_items(TransactItems=[update(table, 8)])) < 4 * alone + 0.05
