"""KMS keys, found by their alias."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from ..adapter import Adapter, only, tag_dict, tag_list, without
from ..cloud import error_code
from ..compare import Changes
from ..resource import Resource, State
from ._ec2 import identity

GONE = ("NotFoundException",)
PENDING = "PendingDeletion"
#: Days of grace that AWS gives when a role does not say.
GRACE = 30
#: Days between two rotations where AWS names none.
#: https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html
ROTATES_AFTER = 365
KEY, VALUE = "TagKey", "TagValue"  # KMS has names of its own for the parts of a tag


class KmsKey(Adapter):
    """A key with its alias, policy, rotation and tags.

    AWS deletes a key only after ``PendingWindowInDays``. Until then it keeps its alias, and declaring the key again
    takes the deletion back: what was encrypted stays readable, and no second key is paid for.
    """

    service = "kms"
    create_operation = "CreateKey"
    more_properties = ("AliasName", "Enabled", "KeyRotationEnabled", "RotationPeriodInDays", "PendingWindowInDays")
    required = ("AliasName", "Policy")
    identity = ("AliasName",)
    immutable = ("KeySpec", "KeyUsage", "MultiRegion", "Origin")
    documents = ("Policy",)
    computed = ("Arn", "KeyId")

    def find_one(self, resource: Resource) -> State | None:
        """Read the key behind the alias; one that is being deleted is there only for a run that removes."""
        answer = self.read_or_none("describe_key", GONE, KeyId=resource.properties["AliasName"])
        if answer is None or (answer["KeyMetadata"]["KeyState"] == PENDING and not resource.absent):
            return None
        return self._state(resource, answer["KeyMetadata"])

    def _state(self, resource: Resource, key: dict[str, Any]) -> State:
        target = {"KeyId": key["KeyId"]}
        told = {"AliasName": resource.properties["AliasName"]}
        if "PendingWindowInDays" in resource.properties:  # no property of a key: it says how it is to be deleted
            told["PendingWindowInDays"] = resource.properties["PendingWindowInDays"]
        if key["KeyState"] == PENDING:
            return {**key, **told}
        return {
            **key,
            **told,
            **self._rotation(target),
            "Policy": self._read("get_key_policy", {**target, "PolicyName": "default"})["Policy"],
            "Tags": tag_dict(self.cloud.pages("kms", "list_resource_tags", "Tags", **target), KEY, VALUE),
        }

    def _rotation(self, target: dict[str, str]) -> State:
        told = only(self._read("get_key_rotation_status", target), ["KeyRotationEnabled", "RotationPeriodInDays"])
        return {"RotationPeriodInDays": ROTATES_AFTER, **told} if told["KeyRotationEnabled"] else told

    def _read(self, operation: str, target: dict[str, str]) -> dict[str, Any]:
        return self.cloud.read("kms", operation, **target)

    def create(self, resource: Resource) -> None:
        """Take back a deletion, finish what a killed run began, or create the key; then its alias."""
        alias = resource.properties["AliasName"]
        answer = self.read_or_none("describe_key", GONE, KeyId=alias)
        if answer:
            self.write("cancel_key_deletion", KeyId=answer["KeyMetadata"]["KeyId"])
            self.write("enable_key", KeyId=answer["KeyMetadata"]["KeyId"])
            return
        self.write("create_alias", AliasName=alias, TargetKeyId=self._nameless(resource) or self._new(resource))

    def _new(self, resource: Resource) -> str:
        wanted = {**without(resource.properties, self.more_properties), "Policy": _text(resource.properties["Policy"])}
        key = self.write("create_key", **wanted, Tags=tag_list(resource.tags, KEY, VALUE))
        return str(key["KeyMetadata"]["KeyId"])

    def _nameless(self, resource: Resource) -> str | None:
        """Return the key that carries our identifying tags and lost its alias, or never got one."""
        aliased = {alias.get("TargetKeyId") for alias in self.cloud.pages("kms", "list_aliases", "Aliases")}
        keys = [key["KeyId"] for key in self.cloud.pages("kms", "list_keys", "Keys") if key["KeyId"] not in aliased]
        return next((key for key in keys if self._is_ours(key, resource) and self._usable(key)), None)

    def _is_ours(self, key: str, resource: Resource) -> bool:
        try:
            tags = tag_dict(self.cloud.pages("kms", "list_resource_tags", "Tags", KeyId=key), KEY, VALUE)
        except ClientError as error:
            if error_code(error) not in {*GONE, "AccessDeniedException"}:
                raise
            return False  # a key that we may not even look at is somebody else's
        return identity(tags) == identity(resource.tags)

    def _usable(self, key: str) -> bool:
        return bool(self._read("describe_key", {"KeyId": key})["KeyMetadata"]["KeyState"] != PENDING)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend what differs, each through its own operation."""
        target = {"KeyId": state["KeyId"]}
        if "Enabled" in changes:
            self.write("enable_key" if changes["Enabled"].after else "disable_key", **target)
        if "Description" in changes:
            self.write("update_key_description", **target, Description=changes["Description"].after)
        if "Policy" in changes:
            self.write("put_key_policy", **target, PolicyName="default", Policy=_text(changes["Policy"].after))
        if only(changes, ["KeyRotationEnabled", "RotationPeriodInDays"]):
            self._rotate(target, resource)
        self.mend_tags(target["KeyId"], changes)

    def _rotate(self, target: dict[str, str], resource: Resource) -> None:
        if resource.properties.get("KeyRotationEnabled", True):
            period = only(resource.properties, ["RotationPeriodInDays"])
            self.write("enable_key_rotation", **target, **period)
        else:
            self.write("disable_key_rotation", **target)

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Say until when AWS keeps a key that was deleted before."""
        del resource
        if state["KeyState"] != PENDING:
            return None
        return f"AWS deletes {state['Arn']} on {state['DeletionDate']:%Y-%m-%d}; declared again before, it comes back"

    def delete(self, resource: Resource, state: State) -> None:
        """Have AWS delete it after the days of grace; it keeps its alias until then."""
        days = resource.properties.get("PendingWindowInDays", GRACE)
        self.write_unless("schedule_key_deletion", GONE, KeyId=state["KeyId"], PendingWindowInDays=days)


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)


ADAPTER = KmsKey
