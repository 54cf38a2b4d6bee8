"""Calls at the same time: what one takes back is its own."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.unit.rehearsal.control.cloud import name

NUMBER = 100
#: So many that it takes a while to go back to how they were.
OTHERS = 300


@pytest.fixture
def table(cloud):
    made = name("leases")
    cloud.dynamodb.create_table(
        TableName=made,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    for start in range(0, OTHERS, 25):
        items = [{"PutRequest": {"Item": {"id": {"S": f"other-{start + one}"}}}} for one in range(25)]
        cloud.dynamodb.batch_write_item(RequestItems={made: items})
    return made


def test_a_transaction_that_fails_takes_nobody_elses_writes_back(cloud, table):
    def fail(_number):
        check = {"TableName": table, "Key": {"id": {"S": "nobody"}}, "ConditionExpression": "attribute_exists(id)"}
        with pytest.raises(cloud.dynamodb.exceptions.TransactionCanceledException):
            cloud.dynamodb.transact_write_items(TransactItems=[{"ConditionCheck": check}])

    def put(number):
        cloud.dynamodb.put_item(TableName=table, Item={"id": {"S": str(number)}})

    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(call, number) for number in range(NUMBER) for call in (fail, put)]
        for one in calls:
            one.result()
    found = cloud.dynamodb.scan(TableName=table)["Items"]
    assert {item["id"]["S"] for item in found} >= {str(number) for number in range(NUMBER)}
