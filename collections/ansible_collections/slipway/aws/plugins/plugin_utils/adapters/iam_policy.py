"""IAM policies of the account's own, to attach to roles and to bound them."""

from __future__ import annotations

import json
from typing import Any

from ..adapter import Adapter, tag_changes, tag_dict, tag_list
from ..compare import Changes
from ..resource import Resource, State
from ._iam import read_document

GONE = ("NoSuchEntity",)
#: Versions that IAM keeps of a policy.
VERSIONS = 5


class IamPolicy(Adapter):
    """A managed policy; a change of its document is a new version, and the oldest one makes room."""

    service = "iam"
    create_operation = "CreatePolicy"
    required = ("PolicyName", "PolicyDocument")
    identity = ("PolicyName",)
    immutable = ("Path", "Description")
    documents = ("PolicyDocument",)
    computed = ("Arn", "PolicyId")

    def find_one(self, resource: Resource) -> State | None:
        """Read the policy and the document in force."""
        answer = self.read_or_none("get_policy", GONE, PolicyArn=self._arn(resource))
        if answer is None:
            return None
        policy = answer["Policy"]
        version = self.cloud.read(
            "iam", "get_policy_version", PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"]
        )
        return {
            **policy,
            "Description": policy.get("Description", ""),
            "PolicyDocument": read_document(version["PolicyVersion"]["Document"]),
            "Tags": tag_dict(policy.get("Tags")),
        }

    def _arn(self, resource: Resource) -> str:
        who, properties = self.cloud.identity(), resource.properties
        name = properties.get("Path", "/") + properties["PolicyName"]
        return f"arn:{who['partition']}:iam::{who['account']}:policy{name}"

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        properties = resource.properties
        text = json.dumps(properties["PolicyDocument"])
        self.write("create_policy", **{**properties, "PolicyDocument": text}, Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put another version in force, and mend the tags."""
        policy = {"PolicyArn": state["Arn"]}
        if "PolicyDocument" in changes:
            self._make_room(state["Arn"])
            text = json.dumps(resource.properties["PolicyDocument"])
            self.write("create_policy_version", **policy, PolicyDocument=text, SetAsDefault=True)
        add, remove = tag_changes(changes)
        if add:
            self.write("tag_policy", **policy, Tags=tag_list(add))
        if remove:
            self.write("untag_policy", **policy, TagKeys=remove)

    def _make_room(self, arn: str) -> None:
        spare = self._spare(arn)
        if len(spare) >= VERSIONS - 1:
            oldest = min(spare, key=lambda version: version["CreateDate"])
            self.write_unless("delete_policy_version", GONE, PolicyArn=arn, VersionId=oldest["VersionId"])

    def _spare(self, arn: str) -> list[dict[str, Any]]:
        versions = self.cloud.pages("iam", "list_policy_versions", "Versions", PolicyArn=arn)
        return [version for version in versions if not version["IsDefaultVersion"]]

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the versions that are not in force, then the policy, which nobody may have attached."""
        del resource
        for version in self._spare(state["Arn"]):
            self.write_unless("delete_policy_version", GONE, PolicyArn=state["Arn"], VersionId=version["VersionId"])
        self.write_unless("delete_policy", GONE, PolicyArn=state["Arn"])


ADAPTER = IamPolicy
