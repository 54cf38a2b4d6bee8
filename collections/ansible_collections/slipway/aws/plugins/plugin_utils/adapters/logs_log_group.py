"""CloudWatch log groups."""

from __future__ import annotations

import os.path
from collections.abc import Sequence
from typing import Any

from ..adapter import Adapter, only
from ..compare import Changes
from ..resource import Resource, State
from ._tagging import tags_of_many

GONE = ("ResourceNotFoundException",)
NEVER = 0  # how a role says that events never expire; AWS says it by leaving the retention out


class LogsLogGroup(Adapter):
    """A log group. ``retentionInDays: 0`` keeps its events for ever."""

    service = "logs"
    create_operation = "CreateLogGroup"
    more_properties = ("retentionInDays",)
    required = ("logGroupName",)
    identity = ("logGroupName",)
    immutable = ("logGroupClass",)

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List everything under the longest prefix the wanted names share, and the tags of all together."""
        names = {resource.properties["logGroupName"]: resource for resource in resources}
        prefix = os.path.commonprefix(list(names))  # noqa: RUF071  AWS compares characters, not path components
        query = {"logGroupNamePrefix": prefix} if prefix else {}
        listed = self.cloud.pages("logs", "describe_log_groups", "logGroups", **query)
        items = [{**item, "arn": item["arn"].removesuffix(":*")} for item in listed if item["logGroupName"] in names]
        asked = {item["arn"]: names[item["logGroupName"]].tags for item in items}
        tags = tags_of_many(self.cloud, asked, self._tags)
        return {names[item["logGroupName"]].name: self._state(item, tags[item["arn"]]) for item in items}

    def _tags(self, arn: str) -> dict[str, str]:
        return dict(self.cloud.read("logs", "list_tags_for_resource", resourceArn=arn)["tags"])

    def _state(self, item: dict[str, Any], tags: dict[str, str]) -> State:
        return {
            **item,
            "retentionInDays": item.get("retentionInDays", NEVER),
            "logGroupClass": item.get("logGroupClass", "STANDARD"),
            "kmsKeyId": item.get("kmsKeyId", ""),
            "deletionProtectionEnabled": item.get("deletionProtectionEnabled", False),
            "Tags": tags,
        }

    def create(self, resource: Resource) -> None:
        """Create with key, class and tags; the retention follows as an update."""
        wanted = {name: value for name, value in resource.properties.items() if name != "retentionInDays" and value}
        self.write("create_log_group", **wanted, tags=resource.tags)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend what differs, each through its own operation."""
        del resource
        group = {"logGroupName": state["logGroupName"]}
        for name, change in only(changes, ["retentionInDays"]).items():
            self._set("put_retention_policy", "delete_retention_policy", group, {name: change.after})
        for name, change in only(changes, ["kmsKeyId"]).items():
            self._set("associate_kms_key", "disassociate_kms_key", group, {name: change.after})
        if "deletionProtectionEnabled" in changes:
            self._protect(state, on=changes["deletionProtectionEnabled"].after)
        self.mend_tags(state["arn"], changes)

    def _set(self, put: str, unset: str, group: dict[str, str], value: dict[str, Any]) -> None:
        if any(value.values()):
            self.write(put, **group, **value)
        else:
            self.write(unset, **group)

    def _protect(self, state: State, *, on: bool) -> None:
        self.write(
            "put_log_group_deletion_protection", logGroupIdentifier=state["logGroupName"], deletionProtectionEnabled=on
        )

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the group with its events, releasing a protection that is no longer declared."""
        del resource
        if state["deletionProtectionEnabled"]:
            self._protect(state, on=False)
        self.write_unless("delete_log_group", GONE, logGroupName=state["logGroupName"])

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Keep a group whose protection is still declared."""
        if state["deletionProtectionEnabled"] and resource.properties.get("deletionProtectionEnabled", True):
            return "its deletion protection is on; declare deletionProtectionEnabled: false to remove it"
        return None


ADAPTER = LogsLogGroup
