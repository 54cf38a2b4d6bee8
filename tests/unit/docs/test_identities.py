"""Every role that an environment makes may do what it names, for whom it names, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.docs.rendered import BOUNDARY, rendered
from tools.exceptions import accepted
from tools.policy_lint import faults_of_policy, faults_of_trust

ROOT = Path(__file__).parents[3]
Roles = list[tuple[str, dict[str, Any]]]


def roles() -> list[tuple[str, Roles]]:
    """Return name and properties of every role that would be made, for each of what is rendered."""
    return [
        (environment, [(f"iam_role/{one['name']}", one["properties"]) for one in found if one["type"] == "iam_role"])
        for environment, found in rendered()
    ]


def policies() -> list[tuple[str, dict[str, Any]]]:
    """Return name and document of every policy that stands by itself."""
    return [
        (one["properties"]["PolicyName"], one["properties"]["PolicyDocument"])
        for _, found in rendered()
        for one in found
        if one["type"] == "iam_policy"
    ]


def faults(environment: str, name: str, role: dict[str, Any]) -> Iterator[str]:
    for policy in (role.get("Policies") or {}).values():
        yield from faults_of_policy(policy)
    if not accepted("identity.source-account", name, environment):
        yield from faults_of_trust(role["AssumeRolePolicyDocument"])
    if not accepted("identity.managed-policy", name, environment):
        managed = [arn for arn in role.get("ManagedPolicyArns") or [] if not arn.startswith("${iam_policy.")]
        yield from (f"{arn} is AWS's to change" for arn in managed)


def test_no_role_may_more_than_it_names() -> None:
    for environment, found in roles():
        assert len(found) >= 5
        assert [f"{name}: {fault}" for name, role in found for fault in faults(environment, name, role)] == []


def test_the_deployer_may_no_more_than_it_names() -> None:
    assert policies()
    found = [f"{name}: {fault}" for name, document in policies() for fault in faults_of_policy(document)]
    assert [one for one in found if not accepted("identity.whole-kind", one, "prod")] == []


def test_every_role_of_the_project_was_looked_at() -> None:
    declared = sum(
        path.read_text(encoding="utf-8").count("type: iam_role\n") for path in (ROOT / "roles").rglob("vars/**/*.yml")
    )
    prod = {(name, role["RoleName"]) for environment, found in roles() if environment == "prod" for name, role in found}
    assert len(prod) == declared


def test_a_boundary_bounds_every_role() -> None:
    *_, (_, everything) = roles()
    assert [name for name, role in everything if role["PermissionsBoundary"] != BOUNDARY] == []


ALLOWED = {"Effect": "Allow", "Action": "ecs:UpdateService", "Resource": "arn:aws:ecs:r:1:service/slipway-dev/web"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ""),
        ({"Action": "ecs:*"}, "wildcard"),
        ({"Action": ["ecs:Update*"]}, "wildcard"),
        ({"Action": "ecs:Nonsense"}, "not in rehearsal/authorization/actions.yml"),
        ({"Resource": "*"}, "name resources (service)"),
        ({"Resource": "arn:aws:ecs:r:1:service/*"}, "name resources (service)"),
        ({"Action": "ecr:GetAuthorizationToken", "Resource": "*"}, ""),
        ({"NotAction": "ecs:RunTask"}, "NotAction"),
        ({"NotResource": "x"}, "NotResource"),
        ({"Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/slipway-dev-web"}, "iam:PassedToService"),
        ({"Effect": "Deny", "Action": "*", "Resource": "*"}, ""),
    ],
)
def test_what_is_wrong_with_a_policy(change: dict[str, Any], expected: str) -> None:
    found = list(faults_of_policy({"Statement": {**ALLOWED, **change}}))
    assert expected in found[0] if expected else found == [], found


ISSUER = "token.actions.githubusercontent.com"
FEDERATED = {
    "Principal": {"Federated": "arn"},
    "Condition": {
        "StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:repository_id": "1"},
        "StringLike": {f"{ISSUER}:sub": ["repo:a/b:environment:dev"]},
    },
}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"Principal": "*"}, "anybody"),
        ({"Principal": {"AWS": "*"}}, "anybody"),
        ({"Principal": {"Service": "ecs-tasks.amazonaws.com"}}, "aws:SourceAccount"),
        (
            {"Principal": {"Service": "x"}, "Condition": {"StringEquals": {"aws:SourceAccount": "1"}}},
            "",
        ),
        (FEDERATED, ""),
        ({**FEDERATED, "Condition": {"StringEquals": {f"{ISSUER}:aud": "a", f"{ISSUER}:repository_id": "1"}}}, "sub"),
        ({**FEDERATED, "Condition": {"ForAllValues:StringLike": {f"{ISSUER}:sub": "repo:a/b:*"}}}, "aud"),
        (
            {**FEDERATED, "Condition": {**FEDERATED["Condition"], "StringLike": {f"{ISSUER}:sub": "repo:*"}}},
            "takes any value",
        ),
    ],
)
def test_what_is_wrong_with_a_trust_policy(statement: dict[str, Any], expected: str) -> None:
    found = list(faults_of_trust({"Statement": statement}))
    assert expected in found[0] if expected else found == [], found
