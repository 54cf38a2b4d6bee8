"""The deployer may do what recorded runs needed, in any environment, and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.authorization.evaluation import allowed
from rehearsal.authorization.reference import types
from tests.unit.docs.rendered import BOUNDARY
from tools import deployer_policy
from tools.deployer_policy import FILE, ROOT, condition_of, document, generalised, keep, needed, rendered, statements
from tools.exceptions import accepted
from tools.files import ENVIRONMENTS
from tools.policy_lint import faults_of_policy, faults_of_trust

Statement = dict[str, Any]
REFRESH = "record again: python -m tests.e2e.lifecycle LIFE FILE, then tools/deployer_policy.py FILE"
GATEWAY = "arn:aws:apigateway:us-east-1::/"
ACCOUNT = "arn:aws:iam::123456789012:"
EC2 = "arn:aws:ec2:us-east-1:123456789012:"
PATHS = "arn:${cloud.current.partition}:apigateway:${cloud.current.region}::/"
ANY = "arn:${{cloud.current.partition}}:{service}:${{cloud.current.region}}:${{cloud.current.account}}:"


@cache
def made(more: str = "{}") -> list[dict[str, Any]]:
    """Return the resources of the role, with a boundary and more variables as JSON."""
    given = {"deployer_repository": "acme/shop", "deployer_repository_id": "1", "deployer_owner_id": "2"}
    wanted = [["dev", {**given, "iam_permissions_boundary": BOUNDARY, **json.loads(more)}, ["deployer"], ["web"]]]
    command = [sys.executable, "tools/rendered.py", json.dumps(wanted)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found: list[dict[str, Any]] = json.loads(told)[0]["web"]
    return found


def policies(more: dict[str, Any] | None = None) -> list[Statement]:
    """Return all statements of the role's policies, with the values of a run."""
    resources = made(json.dumps(more or {}))
    text = json.dumps(
        [one["properties"]["PolicyDocument"]["Statement"] for one in resources if one["type"] == "iam_policy"]
    )
    for name, value in {"partition": "aws", "account": "123456789012", "region": "us-east-1"}.items():
        text = text.replace(f"${{cloud.current.{name}}}", value)
    return [statement for document in json.loads(text) for statement in document]


def refused(policy: list[Statement], needs: list[dict[str, Any]]) -> set[str]:
    """Return the actions of which the policy refuses some need."""
    return {one["action"] for one in needs if not allowed(policy, one["action"], one["resource"], one["context"])}


def test_the_statements_are_those_of_the_record() -> None:
    assert FILE.read_text(encoding="utf-8") == rendered(), "run tools/deployer_policy.py"


def test_what_was_needed_is_allowed() -> None:
    assert len(needed()) > 200
    assert refused(document("dev")["Statement"], needed()) == set(), REFRESH


def test_the_roles_own_guard_takes_none_of_it_away() -> None:
    unbounded = [one for one in policies() if one.get("Sid") not in {"BoundWhatItMakes", "KeepTheBound"}]
    assert refused(unbounded, needed()) == set()


def test_no_action_can_go() -> None:
    policy = document("dev")["Statement"]
    for action in sorted({action for statement in policy for action in statement["Action"]}):
        rest = [{**one, "Action": [other for other in one["Action"] if other != action]} for one in policy]
        assert refused(rest, [one for one in needed() if one["action"] == action]) == {action}, REFRESH


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_nothing_of_another_environment_is_allowed(environment: str) -> None:
    other = document(environment)["Statement"]
    own = [one for one in needed() if "slipway-dev" in one["resource"] or "slipway/dev" in one["resource"]]
    assert own
    reached = {one["action"] for one in own if allowed(other, one["action"], one["resource"], one["context"])}
    assert (environment == "dev") == bool(reached), sorted(reached)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_it_names_what_it_may(environment: str) -> None:
    found = faults_of_policy(document(environment))
    assert [one for one in found if not accepted("identity.whole-kind", one, environment)] == []


def test_everything_is_allowed_only_where_iam_knows_no_resources() -> None:
    for statement in document("prod")["Statement"]:
        if "*" in statement["Resource"]:
            kinds = {action: types(action) for action in statement["Action"] if types(action)}
            assert not {
                action for action in kinds if not accepted("identity.whole-kind", f"{action} is allowed", "prod")
            }


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("iam:PutRolePolicy", f"{ACCOUNT}role/slipway-dev-deployer", {"iam:PermissionsBoundary": (BOUNDARY,)}),
        ("iam:PassRole", f"{ACCOUNT}role/slipway-dev-deployer", {"iam:PassedToService": ("ecs-tasks.amazonaws.com",)}),
        ("iam:CreateRole", f"{ACCOUNT}role/slipway-dev-web-task", {}),
        ("iam:CreatePolicyVersion", f"{ACCOUNT}policy/slipway-dev-deployer-1", {}),
        ("iam:PassRole", f"{ACCOUNT}role/slipway-dev-web-task", {"iam:PassedToService": ("ec2.amazonaws.com",)}),
        ("ec2:CreateTags", f"{EC2}vpc/vpc-0a", {"aws:ResourceTag/environment": ("prod",)}),
        ("kms:TagResource", "arn:aws:kms:us-east-1:123456789012:key/1", {"aws:ResourceTag/environment": ("prod",)}),
    ],
)
def test_it_does_not_get_more_than_it_has(action: str, resource: str, context: dict[str, tuple[str, ...]]) -> None:
    tags = {"aws:RequestTag/environment": ("dev",), "aws:RequestTag/project": ("slipway",)}
    assert not allowed(policies(), action, resource, {**tags, **context})


def test_with_the_boundary_it_makes_roles() -> None:
    bound = {"iam:PermissionsBoundary": (BOUNDARY,)}
    assert allowed(policies(), "iam:CreateRole", f"{ACCOUNT}role/slipway-dev-web-task", bound)


def test_only_its_repository_assumes_it() -> None:
    (role,) = (one["properties"] for one in made() if one["type"] == "iam_role")
    assert list(faults_of_trust(role["AssumeRolePolicyDocument"])) == []
    assert len(role["ManagedPolicyArns"]) == len(made()) - 1
    assert role["PermissionsBoundary"] == BOUNDARY


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("*", "*"),
        (f"{EC2}vpc/vpc-0a", f"{ANY.format(service='ec2')}vpc/*"),
        (
            "arn:aws:ecs:us-east-1:123456789012:service/slipway-dev/slipway-dev-web-blue",
            f"{ANY.format(service='ecs')}service/{{{{ name_prefix }}}}/*",
        ),
        (
            "arn:aws:ssm:us-east-1:123456789012:parameter/slipway/dev/network/vpc_id",
            f"{ANY.format(service='ssm')}parameter/{{{{ project }}}}/{{{{ env_name }}}}/*",
        ),
        (
            "arn:aws:ecs:us-east-1:123456789012:cluster/slipway-dev",
            f"{ANY.format(service='ecs')}cluster/{{{{ name_prefix }}}}",
        ),
        (
            "arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-slipway-dev",
            f"{ANY.format(service='logs')}log-group:aws-waf-logs-{{{{ name_prefix }}}}*",
        ),
        (
            "arn:aws:dynamodb:us-west-2:123456789012:table/slipway-dev-leases",
            "arn:${cloud.current.partition}:dynamodb:*:${cloud.current.account}:table/{{ name_prefix }}-*",
        ),
        (f"{GATEWAY}apis", f"{PATHS}apis"),
        (f"{GATEWAY}apis/ab1", f"{PATHS}apis/*"),
        (f"{GATEWAY}apis/ab1/routes/cd2", f"{PATHS}apis/*/*"),
        (f"{GATEWAY}domainnames/api.dev.example.com", f"{PATHS}domainnames/*.{{{{ dns_zone_name }}}}"),
    ],
)
def test_resources_become_those_of_any_environment(arn: str, expected: str) -> None:
    assert generalised(arn) == expected


def need(action: str, resource: str, **context: list[str]) -> dict[str, Any]:
    return {"action": action, "resource": resource, "context": {k.replace("__", ":"): v for k, v in context.items()}}


def test_what_has_only_an_id_is_told_by_its_tags() -> None:
    told = {
        "action": "ec2:DeleteVpc",
        "resource": f"{EC2}vpc/vpc-0a",
        "context": {"aws:ResourceTag/environment": ["dev"]},
    }
    assert condition_of(told)["StringEquals"]["aws:ResourceTag/environment"] == "{{ env_name }}"


def test_a_key_of_another_region_is_used_through_that_region_only() -> None:
    key = "arn:aws:kms:us-west-2:123456789012:key/1"
    told = condition_of(need("kms:Decrypt", key, kms__ViaService=["rds.us-west-2.amazonaws.com"]))
    assert told == {"StringLike": {"kms:ViaService": ["rds.*.amazonaws.com"]}}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[list[str]]]]:
    """Yield what returns action and lives of each need that is kept, in an empty file."""
    path = tmp_path / "needed.jsonl"
    path.touch()
    monkeypatch.setattr(deployer_policy, "NEEDED", path)
    needed.cache_clear()
    yield lambda: [[one["action"], *one["lives"]] for one in needed()]
    needed.cache_clear()


def test_a_life_takes_the_place_of_what_was_kept_of_it(kept: Callable[[], list[list[str]]]) -> None:
    table, topic = (need(action, f"arn:aws:x:::slipway-dev-{action}") for action in ("dynamodb:PutItem", "sns:Publish"))
    keep("platform", [table, topic])
    keep("releases", [table])
    assert kept() == [["dynamodb:PutItem", "platform", "releases"], ["sns:Publish", "platform"]]
    keep("platform", [table])
    assert kept() == [["dynamodb:PutItem", "platform", "releases"]]


def test_a_session_lasts_as_long_as_the_workflow_asks_for() -> None:
    defaults = yaml.safe_load((ROOT / "roles" / "deployer" / "defaults" / "main.yml").read_text(encoding="utf-8"))
    workflow = (ROOT / ".github" / "workflows" / "deploy.yml").read_text(encoding="utf-8")
    asked = [int(seconds) for seconds in re.findall(r"role-duration-seconds: (\d+)", workflow)]
    assert asked
    assert max(asked) <= defaults["deployer_session_seconds"]


def test_more_rights_are_added_as_they_are() -> None:
    more = {"Action": ["ecr:PutImage"], "Resource": ["arn:aws:ecr:us-east-1:123456789012:repository/others"]}
    assert {**more, "Effect": "Allow"} in [{**one} for one in policies({"deployer_more_statements": [more]})]


def test_a_role_is_passed_to_each_service_that_was_seen() -> None:
    role = f"{ACCOUNT}role/slipway-dev-a"
    (one,) = statements([need("iam:PassRole", role, iam__PassedToService=[name]) for name in ("b", "a")])
    assert one["Condition"] == {"StringEquals": {"iam:PassedToService": ["a", "b"]}}


def test_actions_on_the_same_share_a_statement() -> None:
    cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/slipway-dev"
    found = statements([need(action, cluster) for action in ("ecs:UpdateCluster", "ecs:DeleteCluster")])
    assert [one["Action"] for one in found] == [["ecs:DeleteCluster", "ecs:UpdateCluster"]]
