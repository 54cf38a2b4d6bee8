"""The boundary that the role deployer makes: it holds in who makes roles, and is in nobody's way."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from rehearsal.authorization.evaluation import allowed
from rehearsal.control.policies import listed
from tests.unit.docs.rendered import rendered
from tools.deployer_policy import KINDS, ROOT, is_of_source, needed_by

ACCOUNT = "arn:aws:iam::123456789012:"
BOUNDARY = f"{ACCOUNT}policy/slipway-dev-boundary"
BOUND = {"iam:PermissionsBoundary": (BOUNDARY,)}


@cache
def made(boundary: str) -> list[dict[str, Any]]:
    """Return the resources of the role deployer with a boundary."""
    given = {"deployer_repository": "acme/shop", "deployer_repository_id": "1", "deployer_owner_id": "2"}
    wanted = [["dev", {**given, "iam_permissions_boundary": boundary}, ["deployer"], ["web"]]]
    command = [sys.executable, "tools/rendered.py", json.dumps(wanted)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found: list[dict[str, Any]] = json.loads(told)[0]["web"]
    return found


def policy(name: str = "slipway-dev-boundary") -> list[dict[str, Any]]:
    """Return the statements of the policies whose names begin so."""
    text = json.dumps([one for one in made(BOUNDARY) if one["type"] == "iam_policy" and one["name"].startswith(name)])
    for key, value in {"partition": "aws", "account": "123456789012", "region": "us-east-1"}.items():
        text = text.replace(f"${{cloud.current.{key}}}", value)
    return [one for found in json.loads(text) for one in found["properties"]["PolicyDocument"]["Statement"]]


def test_it_is_made_before_the_roles_that_have_it() -> None:
    roles = [one for one in made(BOUNDARY) if one["type"] == "iam_role"]
    assert [one["properties"]["PermissionsBoundary"] for one in roles] == [BOUNDARY] * len(KINDS)
    assert [one["depends_on"] for one in roles] == [["iam_policy.slipway-dev-boundary"]] * len(KINDS)


def test_one_of_somebody_elses_is_not_made() -> None:
    assert [one for one in made(f"{ACCOUNT}policy/theirs") if one["name"].endswith("-boundary")] == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_needed_is_within_it(kind: str) -> None:
    own = [one for one in needed_by(kind) if not is_of_source(one["resource"])]
    assert len(own) > 50
    out = [one for one in own if not allowed(policy(), one["action"], one["resource"], {**one["context"], **BOUND})]
    assert out == []


def test_what_roles_of_environments_may_is_within_it() -> None:
    roles = [one["properties"] for _, found in rendered() for one in found if one["type"] == "iam_role"]
    statements = [one for role in roles for each in (role.get("Policies") or {}).values() for one in each["Statement"]]
    actions = {action for one in statements for action in listed(one["Action"])}
    assert len(actions) > 20
    assert {
        action for action in actions if not allowed(policy(), action, f"{ACCOUNT}role/slipway-dev-web", {})
    } == set()


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("iam:CreateRole", f"{ACCOUNT}role/slipway-dev-new", {}),
        ("iam:PutRolePolicy", f"{ACCOUNT}role/slipway-dev-web-task", {"iam:PermissionsBoundary": ("other",)}),
        ("iam:PutRolePolicy", f"{ACCOUNT}role/admin", BOUND),
        ("iam:PassRole", f"{ACCOUNT}role/admin", {}),
        ("iam:UpdateAssumeRolePolicy", f"{ACCOUNT}role/admin", {}),
        ("iam:DeleteRolePermissionsBoundary", f"{ACCOUNT}role/slipway-dev-web-task", BOUND),
        ("iam:CreatePolicyVersion", BOUNDARY, BOUND),
        ("iam:CreateUser", f"{ACCOUNT}user/me", BOUND),
        ("iam:CreateAccessKey", f"{ACCOUNT}user/admin", {}),
        ("sts:AssumeRole", f"{ACCOUNT}role/admin", {}),
        ("organizations:LeaveOrganization", "*", {}),
    ],
)
def test_nobody_gets_out_of_it(action: str, resource: str, context: dict[str, tuple[str, ...]]) -> None:
    assert not allowed(policy(), action, resource, context)


def test_who_deploys_leaves_it_alone() -> None:
    rights = policy("slipway-dev-deployer")
    everything = [*rights, {"Effect": "Allow", "Action": "*", "Resource": "*"}]
    assert allowed(everything, "iam:CreatePolicyVersion", f"{ACCOUNT}policy/other", {})
    assert not allowed(everything, "iam:CreatePolicyVersion", BOUNDARY, {})
    assert not allowed(everything, "iam:DeletePolicy", BOUNDARY, {})
