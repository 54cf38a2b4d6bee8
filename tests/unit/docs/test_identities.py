"""Every role that an environment makes may do what it names, for whom it names, and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.controls.holds import HOLDS
from rehearsal.authorization.evaluation import allowed
from rehearsal.injection.actions import ACTIONS
from tests.unit.docs.rendered import BOUNDARY, rendered
from tools.exceptions import accepted, exceptions
from tools.files import ENVIRONMENTS
from tools.policy_lint import faults_of_policy, faults_of_trust

#: What Fargate pulls beside the task's own images, from an account of AWS, and the rights that this takes.
AGENT = "aws-guardduty-agent-fargate"
PULLS = ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")
#: What the actions of experiments act on.
EXAMPLES = {
    "aws:ecs:stop-task": "arn:aws:ecs:us-east-1:123456789012:task/slipway-dev/0a",
    "aws:network:disrupt-connectivity": "arn:aws:ec2:us-east-1:123456789012:subnet/subnet-0a",
    "aws:rds:reboot-db-instances": "arn:aws:rds:us-east-1:123456789012:db:slipway-dev",
}
ROOT = Path(__file__).parents[3]
Roles = list[tuple[str, dict[str, Any]]]


def roles() -> list[tuple[str, Roles]]:
    """Return name and properties of every role that would be made, for each of what is rendered."""
    return [
        (environment, [(f"iam_role/{one['name']}", one["properties"]) for one in found if one["type"] == "iam_role"])
        for environment, found in rendered()
    ]


def faults(environment: str, name: str, role: dict[str, Any]) -> Iterator[str]:
    for policy in (role.get("Policies") or {}).values():
        every = faults_of_policy(policy)
        yield from (one for one in every if not accepted("identity.whole-kind", f"{name}: {one}", environment))
    if not accepted("identity.source-account", name, environment):
        yield from faults_of_trust(role["AssumeRolePolicyDocument"])
    if not accepted("identity.managed-policy", name, environment):
        yield from (f"{arn} is AWS's to change" for arn in role.get("ManagedPolicyArns") or [])


def test_no_role_may_more_than_it_names() -> None:
    for environment, found in roles():
        assert len(found) >= 5
        assert [f"{name}: {fault}" for name, role in found for fault in faults(environment, name, role)] == []


@pytest.mark.parametrize("control", ["IAM.1", "IAM.21", "KMS.2"])
def test_policies_of_roles_meet_the_controls_of_security_hub(control: str) -> None:
    for _, found in roles():
        policies = [(name, policy) for name, role in found for policy in (role.get("Policies") or {}).values()]
        assert [name for name, policy in policies if not HOLDS[control](policy)] == []


def test_tasks_start_where_guardduty_watches_them() -> None:
    agent = f"arn:aws:ecr:us-east-1:593207742271:repository/{AGENT}"
    for _, found in rendered():
        text = json.dumps([one for one in found if one["type"] == "ecs_task_definition"])
        starting = {*re.findall(r"executionRoleArn\": \"\$\{iam_role\.([\w-]+)\.Arn", text)}
        policies = [one for one in found if one["type"] == "iam_role" and one["name"] in starting]
        assert policies
        for role in policies:
            may = [one for policy in role["properties"]["Policies"].values() for one in policy["Statement"]]
            filled = json.loads(_filled(json.dumps(may)))
            assert allowed(filled, "ecr:GetAuthorizationToken", "*", {}), role["properties"]["RoleName"]
            assert all(allowed(filled, f"ecr:{action}", agent, {}) for action in PULLS), role["properties"]["RoleName"]


def test_experiments_may_do_what_they_do() -> None:
    wanted = [["dev", {}, ["chaos"], ["web"]]]
    command = [sys.executable, "tools/rendered.py", json.dumps(wanted)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = json.loads(_filled(told))[0]["web"]
    (role,) = [one["properties"] for one in found if one["type"] == "iam_role"]
    (policy,) = role["Policies"].values()
    assert list(faults_of_policy(policy)) == []
    sids = [one["Sid"] for one in policy["Statement"]]
    assert sorted(set(sids)) == sorted(sids)
    templates = [one["properties"] for one in found if one["type"] == "fis_experiment_template"]
    done = {action["actionId"] for one in templates for action in one["actions"].values()}
    assert done == set(EXAMPLES)
    ours = {"aws:ResourceTag/environment": ("dev",), "aws:ResourceTag/project": ("slipway",)}
    for kind, arn in EXAMPLES.items():
        needed = [(action, place(arn)) for action, place in ACTIONS[kind].permissions.items()]
        assert [one for one in needed if not allowed(policy["Statement"], *one, ours)] == []


def _filled(text: str) -> str:
    values = {
        "${cloud.current.partition}": "aws",
        "${cloud.current.region}": "us-east-1",
        "${cloud.current.account}": "123456789012",
        "${output.cluster.cluster_name}": "slipway-dev",
        "${output.database.instance_id}": "slipway-dev",
    }
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def test_every_role_of_the_project_was_looked_at() -> None:
    # What a drill or an experiment makes is below, and flags; who deploys, and the API, have tests of their own.
    apart = {"restore_drill", "chaos", "deployer", "feature_flags", "api_gateway"}
    files = [path.relative_to(ROOT) for path in (ROOT / "roles").rglob("vars/**/*.yml")]
    parts = [ROOT / path for path in files if not apart & set(path.parts)]
    declared = sum(path.read_text(encoding="utf-8").count("type: iam_role\n") for path in parts)
    prod = {(name, role["RoleName"]) for environment, found in roles() if environment == "prod" for name, role in found}
    assert len(prod) == declared


def evaluated(role: str) -> list[dict[str, Any]]:
    """Return the resources of a role that no environment has by itself."""
    command = [sys.executable, "tests/unit/adapters/evaluate_role.py", "prod", role]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found: list[dict[str, Any]] = json.loads(told)
    return found


@pytest.mark.parametrize(("role", "number"), [("restore_drill", 2), ("chaos", 1), ("feature_flags", 1)])
def test_what_is_made_apart_may_no_more_than_it_names(role: str, number: int) -> None:
    found = [one for one in evaluated(role) if one["type"] == "iam_role"]
    assert len(found) == number
    told = [(f"iam_role/{one['name']}", one["properties"]) for one in found]
    assert [f"{name}: {fault}" for name, one in told for fault in faults("prod", name, one)] == []


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
        ({"Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/environment": "dev"}}}, ""),
        ({"Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/a"}}}, ""),
        ({"Resource": "*", "Condition": {"StringLike": {"kms:EncryptionContext:aws:ssm:TargetId": "ecs:a_*"}}}, ""),
        ({"Resource": "*", "Condition": {"StringLike": {"aws:ResourceTag/environment": "*"}}}, "name resources"),
        ({"Resource": "*", "Condition": {"Null": {"aws:ResourceTag/environment": "true"}}}, "name resources"),
        ({"Resource": "*", "Condition": {"StringEqualsIfExists": {"ecs:cluster": "a"}}}, "name resources"),
        ({"Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceAccount": "1"}}}, "name resources"),
        ({"Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, "name resources"),
        ({"Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}, "name resources"),
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


def test_exceptions_have_reasons_and_have_not_expired() -> None:
    assert exceptions()
    for one in exceptions():
        assert len(one["reason"]) > 40, one
        assert set(one["environments"]) <= set(ENVIRONMENTS)
        assert one.get("expires", date.max) >= datetime.now(UTC).date(), one


def test_an_exception_that_expired_counts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    one = {"control": "c", "resource": "a/*", "environments": ["dev"], "reason": "because", "expires": date(2026, 1, 2)}
    monkeypatch.setattr("tools.exceptions.exceptions", lambda: (one,))
    assert accepted("c", "a/b", "dev", date(2026, 1, 2)) == "because"
    assert not accepted("c", "a/b", "dev", date(2026, 1, 3))
    assert not accepted("c", "a/b", "prod", date(2026, 1, 2))
    assert not accepted("c", "x/b", "dev", date(2026, 1, 2))
