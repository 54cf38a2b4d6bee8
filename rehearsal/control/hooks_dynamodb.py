"""DynamoDB: a table's encryption can be changed and its class is kept, which moto ignores."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before


@after("dynamodb", "UpdateTable")
def change_encryption(call: Call, response: dict[str, Any]) -> None:
    """Set the encryption; without a key it is AWS's own."""
    wanted = call.params.get("SSESpecification")
    if wanted is None:
        return
    table = call.backend().get_table(call.params["TableName"])
    key = table._get_default_encryption_key(call.account, call.region)  # noqa: SLF001  moto's own default
    table.sse_specification = {"KMSMasterKeyId": key, **wanted}
    response["TableDescription"] = table.describe(base_key="TableDescription")["TableDescription"]


@after("dynamodb", "CreateTable", "UpdateTable", "DescribeTable")
def keep_class(call: Call, response: dict[str, Any]) -> None:
    """Keep and show the table's class."""
    table = response.get("Table") or response["TableDescription"]
    kept = call.world.kept("dynamodb.classes")
    if "TableClass" in call.params:
        kept[call.region, table["TableName"]] = call.params["TableClass"]
    elif call.operation == "CreateTable":
        kept.pop((call.region, table["TableName"]), None)
    shown = kept.get((call.region, table["TableName"]))
    if shown:
        table["TableClassSummary"] = {"TableClass": shown}


@before("dynamodb", "UpdateTimeToLive")
def refuse_same_expiry(call: Call) -> None:
    """Refuse to switch expiry to what it is."""
    table = call.backend().tables.get(call.params["TableName"])
    wanted = call.params["TimeToLiveSpecification"]["Enabled"]
    if table and (table.ttl["TimeToLiveStatus"] == "ENABLED") == wanted:
        raise Refused("ValidationException", f"TimeToLive is already {'enabled' if wanted else 'disabled'}")
