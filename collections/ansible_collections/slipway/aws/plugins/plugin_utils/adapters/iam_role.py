"""IAM roles with all their policies."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ..adapter import Adapter, only, tag_changes, tag_dict, tag_list
from ..compare import Changes
from ..parallel import side_by_side
from ..resource import Resource, State
from ._iam import read_document

GONE = ("NoSuchEntity",)
SETTINGS = ("Description", "MaxSessionDuration")
#: From so many roles on, two listings of the account cost fewer calls than the four that each role takes.
MANY = 5
PAGE = 1000  # what one call of either listing returns at most
#: Descriptions and durations; tags, boundaries and policies.
LISTINGS: Sequence[tuple[str, str, dict[str, Any]]] = (
    ("list_roles", "Roles", {"MaxItems": PAGE}),
    ("get_account_authorization_details", "RoleDetailList", {"Filter": ["Role"], "MaxItems": PAGE}),
)


class IamRole(Adapter):
    """A role, its trust policy, inline policies (``Policies``: document by name) and attached managed policies.

    ``Policies`` and ``ManagedPolicyArns``, when given, are whole: what is not named there is removed.
    """

    service = "iam"
    create_operation = "CreateRole"
    more_properties = ("Policies", "ManagedPolicyArns")
    required = ("RoleName", "AssumeRolePolicyDocument")
    identity = ("RoleName",)
    immutable = ("Path",)
    unordered = ("ManagedPolicyArns",)
    documents = ("AssumeRolePolicyDocument", "Policies")
    computed = ("Arn", "RoleId")

    def find(self, resources: Sequence[Resource]) -> Mapping[str, State]:
        """Read few one by one; for many, list the account's roles twice, since neither listing tells everything."""
        if len(resources) < MANY:
            return super().find(resources)
        names = {resource.properties["RoleName"]: resource for resource in resources}
        roles, details = side_by_side(lambda listing: self._listed(*listing, names), LISTINGS)
        return {
            names[name].name: _state(role, details[name], details[name]["RolePolicyList"])
            for name, role in roles.items()
            if name in details
        }

    def _listed(
        self, operation: str, key: str, parameters: Mapping[str, Any], names: Collection[str]
    ) -> dict[str, dict[str, Any]]:
        listed = self.cloud.pages("iam", operation, key, **parameters)
        return {role["RoleName"]: role for role in listed if role["RoleName"] in names}

    def find_one(self, resource: Resource) -> State | None:
        """Read the role, its inline policies and the attached ones."""
        name = resource.properties["RoleName"]
        answer = self.read_or_none("get_role", GONE, RoleName=name)
        if answer is None:
            return None
        attached = self.cloud.pages("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name)
        names = self.cloud.pages("iam", "list_role_policies", "PolicyNames", RoleName=name)
        policies = [self.cloud.read("iam", "get_role_policy", RoleName=name, PolicyName=policy) for policy in names]
        return _state(answer["Role"], {**answer["Role"], "AttachedManagedPolicies": attached}, policies)

    def create(self, resource: Resource) -> None:
        """Create the role; its policies follow as an update."""
        wanted = {name: value for name, value in resource.properties.items() if name not in self.more_properties}
        if not wanted.get("PermissionsBoundary"):
            wanted.pop("PermissionsBoundary", None)
        wanted["AssumeRolePolicyDocument"] = _text(wanted["AssumeRolePolicyDocument"])
        self.write("create_role", **wanted, Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend what differs, each through its own operation."""
        role = {"RoleName": state["RoleName"]}
        if "AssumeRolePolicyDocument" in changes:
            document = _text(changes["AssumeRolePolicyDocument"].after)
            self.write("update_assume_role_policy", **role, PolicyDocument=document)
        if only(changes, SETTINGS):
            self.write("update_role", **role, **only(resource.properties, SETTINGS))
        if "PermissionsBoundary" in changes:
            self._bound(role, changes["PermissionsBoundary"].after)
        if "Policies" in changes:
            self._write_policies(role, *changes["Policies"])
        if "ManagedPolicyArns" in changes:
            self._attach(role, *changes["ManagedPolicyArns"])
        self._tag(role, changes)

    def _bound(self, role: Mapping[str, str], arn: str) -> None:
        if arn:
            self.write("put_role_permissions_boundary", **role, PermissionsBoundary=arn)
        else:
            self.write("delete_role_permissions_boundary", **role)

    def _write_policies(self, role: Mapping[str, str], before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        for name, document in after.items():
            if before.get(name) != document:
                self.write("put_role_policy", **role, PolicyName=name, PolicyDocument=_text(document))
        for name in set(before) - set(after):
            self.write_unless("delete_role_policy", GONE, **role, PolicyName=name)

    def _attach(self, role: Mapping[str, str], before: list[str], after: list[str]) -> None:
        for arn in set(after) - set(before):
            self.write("attach_role_policy", **role, PolicyArn=arn)
        for arn in set(before) - set(after):
            self.write_unless("detach_role_policy", GONE, **role, PolicyArn=arn)

    def _tag(self, role: Mapping[str, str], changes: Changes) -> None:
        add, remove = tag_changes(changes)
        if add:
            self.write("tag_role", **role, Tags=tag_list(add))
        if remove:
            self.write("untag_role", **role, TagKeys=remove)

    def delete(self, resource: Resource, state: State) -> None:
        """Remove the policies, then the role."""
        del resource
        role = {"RoleName": state["RoleName"]}
        self._write_policies(role, state["Policies"], {})
        self._attach(role, state["ManagedPolicyArns"], [])
        self.write_unless("delete_role", GONE, **role)


def _state(role: Mapping[str, Any], details: Mapping[str, Any], policies: Iterable[Mapping[str, Any]]) -> State:
    """Return a role's state.

    Args:
        role: as GetRole and ListRoles show it.
        details: with tags, boundary and attached policies, as GetAccountAuthorizationDetails shows it.
        policies: the inline ones, ``PolicyName`` and ``PolicyDocument`` each.
    """
    return {
        **role,
        "Description": role.get("Description", ""),
        "PermissionsBoundary": details.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        "Policies": {policy["PolicyName"]: read_document(policy["PolicyDocument"]) for policy in policies},
        "ManagedPolicyArns": [policy["PolicyArn"] for policy in details["AttachedManagedPolicies"]],
        "Tags": tag_dict(details.get("Tags")),
    }


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)


ADAPTER = IamRole
