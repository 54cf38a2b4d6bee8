from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge

KEY = "iam_role.task"
BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
MANAGED = "arn:aws:iam::123456789012:policy/managed"


def document(action: str, **more: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **more}]}


TRUST = document("sts:AssumeRole", Principal={"Service": "ecs-tasks.amazonaws.com"})
FOREIGN_TRUST = document("sts:AssumeRole", Principal={"AWS": "arn:aws:iam::999999999999:root"})
READ = document("s3:GetObject", Resource="arn:aws:s3:::bucket/*")
ROLE = {
    "type": "iam_role",
    "name": "task",
    "tags": {"Name": "task"},
    "properties": {
        "RoleName": "task",
        "AssumeRolePolicyDocument": TRUST,
        "Description": "What a task may do",
        "MaxSessionDuration": 7200,
        "PermissionsBoundary": BOUNDARY,
        "Policies": {"read": READ},
        "ManagedPolicyArns": [MANAGED],
    },
}


@pytest.fixture(autouse=True)
def _policies(client: Callable[[str], Any]) -> None:
    for arn in (BOUNDARY, MANAGED):
        client("iam").create_policy(PolicyName=arn.rsplit("/", 1)[1], PolicyDocument=json.dumps(READ))


def test_lives(converge: Converge) -> None:
    converge.lives([ROLE])


DRIFTS: list[tuple[str, str, dict[str, Any]]] = [
    ("AssumeRolePolicyDocument", "update_assume_role_policy", {"PolicyDocument": json.dumps(FOREIGN_TRUST)}),
    ("Description", "update_role", {"Description": "other", "MaxSessionDuration": 7200}),
    ("MaxSessionDuration", "update_role", {"Description": "What a task may do", "MaxSessionDuration": 3600}),
    ("PermissionsBoundary", "put_role_permissions_boundary", {"PermissionsBoundary": MANAGED}),
    ("PermissionsBoundary", "delete_role_permissions_boundary", {}),
    ("Policies", "put_role_policy", {"PolicyName": "read", "PolicyDocument": json.dumps(document("*", Resource="*"))}),
    ("Policies", "put_role_policy", {"PolicyName": "foreign", "PolicyDocument": json.dumps(READ)}),
    ("Policies", "delete_role_policy", {"PolicyName": "read"}),
    ("ManagedPolicyArns", "attach_role_policy", {"PolicyArn": BOUNDARY}),
    ("ManagedPolicyArns", "detach_role_policy", {"PolicyArn": MANAGED}),
    ("Tags", "tag_role", {"Tags": [{"Key": "project", "Value": "other"}, {"Key": "foreign", "Value": "x"}]}),
    ("Tags", "untag_role", {"TagKeys": ["Name"]}),
]


@pytest.mark.parametrize(("changed", "operation", "parameters"), DRIFTS)
def test_mends(
    converge: Converge, client: Callable[[str], Any], changed: str, operation: str, parameters: dict[str, Any]
) -> None:
    def drift(_run: object) -> None:
        getattr(client("iam"), operation)(RoleName="task", **parameters)

    converge.mends([ROLE], drift, {KEY: {changed}})


def test_removes_a_boundary_that_is_declared_empty(converge: Converge, client: Callable[[str], Any]) -> None:
    converge([ROLE])
    bare = {**ROLE, "properties": {**ROLE["properties"], "PermissionsBoundary": ""}}  # type: ignore[dict-item]  # the literal's values are of mixed types
    assert converge([bare]).changed == {KEY: {"PermissionsBoundary"}}
    assert "PermissionsBoundary" not in client("iam").get_role(RoleName="task")["Role"]


def test_leaves_what_is_not_declared_alone(converge: Converge, client: Callable[[str], Any]) -> None:
    converge([ROLE])
    only = {"RoleName": "task", "AssumeRolePolicyDocument": TRUST}
    assert converge([{**ROLE, "properties": only}]).changed == {}
    assert client("iam").list_role_policies(RoleName="task")["PolicyNames"] == ["read"]
