"""DynamoDB: a table's encryption can be changed, which moto ignores."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, after


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
