"""DynamoDB tables."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from ..adapter import Adapter, only, tag_dict, tag_list, without
from ..cloud import error_code
from ..compare import Changes
from ..resource import Resource, State

MISSING = ("ResourceNotFoundException",)
LATER = ("TimeToLiveSpecification", "PointInTimeRecoverySpecification")
#: UpdateTable takes one kind of change a call, and the table must be active again before the next.
UPDATES = (
    ("DeletionProtectionEnabled",),
    ("SSESpecification",),
    ("TableClass",),
    ("BillingMode", "ProvisionedThroughput", "AttributeDefinitions"),
    ("StreamSpecification",),
)


class DynamodbTable(Adapter):
    """A table with its time to live and point-in-time recovery."""

    service = "dynamodb"
    create_operation = "CreateTable"
    more_properties = LATER
    required = ("TableName", "KeySchema", "AttributeDefinitions")
    identity = ("TableName",)
    immutable = ("KeySchema",)
    unordered = ("AttributeDefinitions",)
    computed = ("TableArn", "TableId", "LatestStreamArn")

    def find_one(self, resource: Resource) -> State | None:
        """Read the table; one that is being deleted is gone."""
        name = resource.properties["TableName"]
        table = self._table(name)
        if table is None or table["TableStatus"] == "DELETING":
            return None
        tags = self.cloud.pages("dynamodb", "list_tags_of_resource", "Tags", ResourceArn=table["TableArn"])
        return {**_flat(table), **self._later(resource), "Tags": tag_dict(tags)}

    def _table(self, name: str) -> dict[str, Any] | None:
        answer = self.read_or_none("describe_table", MISSING, TableName=name)
        return answer["Table"] if answer else None

    def _later(self, resource: Resource) -> State:
        name, found = resource.properties["TableName"], State()
        if "TimeToLiveSpecification" in resource.properties:
            answer = self.cloud.read("dynamodb", "describe_time_to_live", TableName=name)["TimeToLiveDescription"]
            enabled = answer["TimeToLiveStatus"] in {"ENABLED", "ENABLING"}
            found["TimeToLiveSpecification"] = {**answer, "Enabled": enabled}
        if "PointInTimeRecoverySpecification" in resource.properties:
            answer = self.cloud.read("dynamodb", "describe_continuous_backups", TableName=name)
            recovery = answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
            enabled = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
            found["PointInTimeRecoverySpecification"] = {**recovery, "PointInTimeRecoveryEnabled": enabled}
        return found

    def ready(self, state: State) -> bool:
        """A table is usable when it and its encryption have settled."""
        return state["TableStatus"] == "ACTIVE" and state["SSEDescription"].get("Status") not in {
            "ENABLING",
            "UPDATING",
            "DISABLING",
        }

    def create(self, resource: Resource) -> None:
        """Create with tags, after a table of that name which is still being deleted."""
        name = resource.properties["TableName"]
        self._await_gone(name)
        self.write("create_table", **without(resource.properties, LATER), Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend what differs, one call after the other."""
        name = state["TableName"]
        for group in UPDATES:
            if only(changes, group):
                self._await_active(resource)
                self.write("update_table", TableName=name, **only(resource.properties, group))
        self._await_active(resource)
        if "TimeToLiveSpecification" in changes:
            wanted = changes["TimeToLiveSpecification"].after
            self.write("update_time_to_live", TableName=name, TimeToLiveSpecification=wanted)
        if "PointInTimeRecoverySpecification" in changes:
            what = f"waiting for backups of {name} to be possible"
            self.cloud.wait_until(lambda: self._recovery_put(resource), what, at_most=self.timeout, poll=self.poll)
        self.mend_tags(state["TableArn"], changes)

    def _recovery_put(self, resource: Resource) -> bool:
        wanted = only(resource.properties, ["TableName", "PointInTimeRecoverySpecification"])
        try:
            self.write("update_continuous_backups", **wanted)
        except ClientError as error:
            if error_code(error) != "ContinuousBackupsUnavailableException":  # a new table's are being set up
                raise
            return False
        return True

    def _await_active(self, resource: Resource) -> None:
        name = resource.properties["TableName"]

        def active() -> bool:
            return self.ready(_flat(self._table(name) or {"TableStatus": "DELETED"}))

        self.cloud.wait_until(active, f"waiting for {resource}", at_most=self.timeout, poll=self.poll)

    def _await_gone(self, name: str) -> None:
        what = f"waiting until table {name} is deleted"
        self.cloud.wait_until(lambda: self._table(name) is None, what, at_most=self.timeout, poll=self.poll)

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Keep a protected table, unless the protection was declared off."""
        if state["DeletionProtectionEnabled"] and resource.properties.get("DeletionProtectionEnabled") is not False:
            return (
                f"{state['TableName']} has deletion protection; declare DeletionProtectionEnabled: false to remove it"
            )
        return None

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the table and wait, so that its name is free again."""
        name = state["TableName"]
        if state["DeletionProtectionEnabled"]:
            self.write("update_table", TableName=name, DeletionProtectionEnabled=False)
            self._await_active(resource)
        self.write_unless("delete_table", MISSING, TableName=name)
        self._await_gone(name)


def _flat(table: dict[str, Any]) -> State:
    encryption = table.get("SSEDescription", {})
    key = encryption.get("KMSMasterKeyArn")
    return {
        **table,
        "BillingMode": table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        "TableClass": table.get("TableClassSummary", {}).get("TableClass", "STANDARD"),
        "DeletionProtectionEnabled": table.get("DeletionProtectionEnabled", False),
        "SSEDescription": encryption,
        "SSESpecification": {
            "Enabled": encryption.get("Status") in {"ENABLED", "ENABLING", "UPDATING"},
            "SSEType": encryption.get("SSEType"),
            **({"KMSMasterKeyId": key} if key else {}),
        },
    }


ADAPTER = DynamodbTable
