"""The boundary that the role deployer makes: it holds in who makes roles, and is in nobody's way."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.filter.policies import LONGEST
from rehearsal.authorization.evaluation import allowed
from rehearsal.control.policies import listed
from tests.unit.docs.rendered import rendered
from tools.deployer_policy import KINDS, ROOT, needed_by
from tools.exceptions import accepted
from tools.policy_lint import faults_of_policy
from tools.policy_places import is_of_source

ACCOUNT = "arn:aws:iam::123456789012:"
BOUNDARY = f"{ACCOUNT}policy/slipway-dev-boundary"
BOUND = {"iam:PermissionsBoundary": (BOUNDARY,)}
#: What would make of a deployer's role another one.
CHANGES = ("AttachRolePolicy", "DeleteRolePolicy", "DetachRolePolicy", "PutRolePolicy", "UpdateAssumeRolePolicy")
REGION = "us-east-1:123456789012:"
OTHERS = {"aws:ResourceTag/project": ("slipway",), "aws:ResourceTag/environment": ("prod",)}


@cache
def made(boundary: str, more: str = "{}") -> list[dict[str, Any]]:
    """Return the resources of the role deployer with a boundary, and more variables as JSON."""
    given = {"deployer_repository": "acme/shop", "deployer_repository_id": "1", "deployer_owner_id": "2"}
    given |= {"iam_permissions_boundary": boundary, **json.loads(more)}
    wanted = [["dev", given, ["deployer"], ["web"]]]
    command = [sys.executable, "tools/rendered.py", json.dumps(wanted)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found: list[dict[str, Any]] = json.loads(told)[0]["web"]
    return found


def policy(name: str = "slipway-dev-boundary", **more: Any) -> list[dict[str, Any]]:
    """Return the statements of the policies whose names begin so."""
    resources = made(BOUNDARY, json.dumps(more))
    text = json.dumps([one for one in resources if one["type"] == "iam_policy" and one["name"].startswith(name)])
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
    outside = {one for one in actions if not allowed(policy(), one, f"{ACCOUNT}role/slipway-dev-web", {})}
    assert outside == set()


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
        ("sts:AssumeRoot", "*", {}),
        ("organizations:LeaveOrganization", "*", {}),
        ("lambda:UpdateFunctionCode", "arn:aws:lambda:us-east-1:123456789012:function:theirs", {}),
        ("codebuild:StartBuild", "arn:aws:codebuild:us-east-1:123456789012:project/theirs", {}),
        ("cloudformation:CreateStack", "arn:aws:cloudformation:us-east-1:123456789012:stack/theirs/1", {}),
        ("ssm:SendCommand", "arn:aws:ec2:us-east-1:123456789012:instance/i-0a", {}),
        ("iam:PassRole", f"{ACCOUNT}role/slipway-dev-web", {"iam:PassedToService": ("lambda.amazonaws.com",)}),
        *((f"iam:{action}", f"{ACCOUNT}role/slipway-dev-deployer", BOUND) for action in CHANGES),
        ("iam:PassRole", f"{ACCOUNT}role/slipway-dev-deployer", {"iam:PassedToService": ("ecs-tasks.amazonaws.com",)}),
    ],
)
def test_nobody_gets_out_of_it(action: str, resource: str, context: dict[str, tuple[str, ...]]) -> None:
    assert not allowed(policy(), action, resource, context)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{REGION}secret:slipway-prod/web/database-ab"),
        ("rds:DeleteDBInstance", f"arn:aws:rds:{REGION}db:slipway-prod"),
        ("kms:Decrypt", f"arn:aws:kms:{REGION}key/1"),
        ("dynamodb:GetItem", f"arn:aws:dynamodb:{REGION}table/slipway-prod-orders"),
        ("dynamodb:PutItem", f"arn:aws:dynamodb:{REGION}table/slipway-prod-leases"),
    ],
)
def test_what_is_another_environments_is_left_alone(action: str, resource: str) -> None:
    assert not allowed(policy(), action, resource, OTHERS)
    assert allowed(policy(), action, resource, {**OTHERS, "aws:ResourceTag/environment": ("dev",)})
    assert allowed(policy(), action, resource, {**OTHERS, "aws:ResourceTag/project": ("theirs",)})
    assert allowed(policy(failover_from="prod"), action, resource, OTHERS), "they share what one takes over"


def test_buckets_of_another_environment_are_told_by_name() -> None:
    buckets = {name: f"arn:aws:s3:::slipway-{name}-123456789012-us-east-1-state/x" for name in ("dev", "prod")}
    assert {name for name, arn in buckets.items() if allowed(policy(), "s3:GetObject", arn, {})} == {"dev"}


@pytest.mark.parametrize("kind", KINDS)
def test_versions_of_another_environment_are_within_it(kind: str) -> None:
    read = [one for one in needed_by(kind) if is_of_source(one["resource"])]
    context = {**OTHERS, "aws:ResourceTag/environment": ("staging",)}
    assert [one for one in read if not allowed(policy(), one["action"], one["resource"], context)] == []


def test_who_may_write_is_read_by_both_environments() -> None:
    table = "arn:aws:dynamodb:us-east-2:123456789012:table/slipway-prod-writers"
    assert allowed(policy(write_lease_table="slipway-prod-writers"), "dynamodb:GetItem", table, OTHERS)
    assert not allowed(policy(), "dynamodb:GetItem", table, OTHERS)


def test_rights_that_are_added_are_within_it() -> None:
    function = f"arn:aws:lambda:{REGION}function:slipway-dev-x"
    more = {"deploy": [{"Action": ["lambda:InvokeFunction"], "Resource": [function]}]}
    assert allowed(policy(deployer_more_statements=more), "lambda:InvokeFunction", function, {})
    assert not allowed(policy(deployer_more_statements=more), "lambda:InvokeFunction", f"{function}-other", {})


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("cloudtrail:DeleteTrail", f"arn:aws:cloudtrail:{REGION}trail/slipway-dev"),
        ("guardduty:DeleteDetector", f"arn:aws:guardduty:{REGION}detector/1"),
        ("securityhub:DisableSecurityHub", f"arn:aws:securityhub:{REGION}hub/default"),
        ("s3:DeleteObjectVersion", "arn:aws:s3:::slipway-dev-123456789012-us-east-1-audit/AWSLogs/1"),
        ("s3:DeleteBucket", "arn:aws:s3:::slipway-dev-123456789012-us-east-1-audit"),
        ("logs:DeleteLogGroup", f"arn:aws:logs:{REGION}log-group:/slipway/dev/calls"),
    ],
)
def test_evidence_is_kept_where_guardrails_are_the_environments(action: str, resource: str) -> None:
    tags = {"aws:ResourceTag/project": ("slipway",), "aws:ResourceTag/environment": ("dev",)}
    guarded = {"guardrails_enabled": True, "guardrails_delete_records_on_removal": False}
    for name in ("slipway-dev-boundary", "slipway-dev-deployer"):
        everything = [*policy(name, **guarded), {"Effect": "Allow", "Action": "*", "Resource": "*"}]
        assert not allowed(everything, action, resource, tags)
        assert allowed(policy(name), action, resource, tags)


def test_it_has_no_other_patterns_than_those_that_are_meant() -> None:
    found = list(faults_of_policy({"Statement": policy()}))
    assert [one for one in found if not re.fullmatch(r"the action [\w-]+:\S*\* has a wildcard.*", one)] == []
    assert accepted("IAM.21", "policy/slipway-dev-boundary", "dev")
    assert accepted("KMS.1", "managed_policy/slipway-dev-boundary", "dev")


def test_iam_takes_it() -> None:
    more = {"guardrails_enabled": True, "failover_from": "a" * 20}
    assert len(json.dumps(policy(**more), separators=(",", ":"))) < LONGEST - 200


def test_who_deploys_leaves_it_alone() -> None:
    rights = policy("slipway-dev-deployer")
    everything = [*rights, {"Effect": "Allow", "Action": "*", "Resource": "*"}]
    assert allowed(everything, "iam:CreatePolicyVersion", f"{ACCOUNT}policy/other", {})
    assert not allowed(everything, "iam:CreatePolicyVersion", BOUNDARY, {})
    assert not allowed(everything, "iam:DeletePolicy", BOUNDARY, {})


def test_alone_it_keeps_nobody_else_s_buckets_out_of_reach() -> None:
    assert "LeaveBucketsOfOthersAlone" in {one["Sid"] for one in policy()}
    alone = policy(environments=["dev"])
    assert "LeaveBucketsOfOthersAlone" not in {one["Sid"] for one in alone}
    assert all(one.get("Resource", one.get("NotResource")) for one in alone)
