from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge

NAME = "slipway-test-leases"
KEY = "dynamodb_table.leases"
PROPERTIES: dict[str, Any] = {
    "TableName": NAME,
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
    "SSESpecification": {"Enabled": True, "SSEType": "KMS"},
    "DeletionProtectionEnabled": False,
    "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
}
TABLE = {"type": "dynamodb_table", "name": "leases", "properties": PROPERTIES}


def test_lives(converge: Converge) -> None:
    converge.lives([TABLE])


RECOVERY_OFF = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False}}
DRIFTS: list[tuple[str, str, dict[str, Any]]] = [
    (
        "BillingMode",
        "update_table",
        {"BillingMode": "PROVISIONED", "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}},
    ),
    ("DeletionProtectionEnabled", "update_table", {"DeletionProtectionEnabled": True}),
    (
        "TimeToLiveSpecification",
        "update_time_to_live",
        {"TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": False}},
    ),
    ("PointInTimeRecoverySpecification", "update_continuous_backups", RECOVERY_OFF),
]


@pytest.mark.parametrize(("changed", "operation", "parameters"), DRIFTS)
def test_mends(
    converge: Converge, client: Callable[[str], Any], changed: str, operation: str, parameters: dict[str, Any]
) -> None:
    def drift(_run: object) -> None:
        getattr(client("dynamodb"), operation)(TableName=NAME, **parameters)

    converge.mends([TABLE], drift, {KEY: {changed}})


def test_mends_tags(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Any) -> None:
        arn = run.state(KEY)["TableArn"]
        client("dynamodb").tag_resource(ResourceArn=arn, Tags=[{"Key": "foreign", "Value": "x"}])
        client("dynamodb").untag_resource(ResourceArn=arn, TagKeys=["project"])

    converge.mends([TABLE], drift, {KEY: {"Tags"}})


def test_finds_a_table_without_encryption(converge: Converge) -> None:
    # moto's UpdateTable forgets SSESpecification, so the mending is tested against the local cloud.
    converge([{**TABLE, "properties": {**PROPERTIES, "SSESpecification": {"Enabled": False}}}])
    assert converge([TABLE], check=True).changed == {KEY: {"SSESpecification"}}


def protected(value: bool | None) -> dict[str, Any]:
    properties = {name: item for name, item in PROPERTIES.items() if name != "DeletionProtectionEnabled"}
    return {**TABLE, "properties": {**properties, **({} if value is None else {"DeletionProtectionEnabled": value})}}


@pytest.mark.parametrize("declared", [True, None])
def test_keeps_a_protected_table(converge: Converge, *, declared: bool | None) -> None:
    converge([protected(value=True)])
    run = converge([protected(declared)], absent=True)
    assert run.actions == {KEY: "kept"}
    assert "DeletionProtectionEnabled: false" in run.outcomes[KEY].message


def test_removes_a_protected_table_when_the_protection_is_declared_off(converge: Converge) -> None:
    converge([protected(value=True)])
    assert converge([protected(value=False)], absent=True).actions == {KEY: "deleted"}


def test_refuses_another_key(converge: Converge) -> None:
    converge([TABLE])
    key = [{"AttributeName": "name", "KeyType": "HASH"}]
    run = converge([{**TABLE, "properties": {**PROPERTIES, "KeySchema": key}}], fails=True)
    assert "AWS cannot change it" in run.failures[0]
