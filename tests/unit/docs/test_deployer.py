"""Who deploys, plans and drills may do what recorded runs needed, in any environment, and nothing else."""

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

from ansible_collections.slipway.aws.plugins.plugin_utils.controls.holds import HOLDS
from rehearsal.authorization.evaluation import allowed
from rehearsal.authorization.reference import types
from tests.unit.docs.rendered import BOUNDARY
from tools import deployer_policy
from tools.deployer_policy import (
    FILE,
    KINDS,
    ROOT,
    condition_of,
    document,
    keep,
    needed,
    needed_by,
    rendered,
    sources,
    statements,
)
from tools.exceptions import accepted
from tools.files import ENVIRONMENTS
from tools.policy_lint import faults_of_policy, faults_of_trust
from tools.policy_places import generalised, is_of_source

Statement = dict[str, Any]
REFRESH = "record again: python -m tests.e2e.lifecycle LIFE FILE, then tools/deployer_policy.py FILE"
GATEWAY = "arn:aws:apigateway:us-east-1::/"
ISSUER = "token.actions.githubusercontent.com"
ACCOUNT = "arn:aws:iam::123456789012:"
EC2 = "arn:aws:ec2:us-east-1:123456789012:"
PATHS = "arn:${cloud.current.partition}:apigateway:${cloud.current.region}::/"
ANY = "arn:${{cloud.current.partition}}:{service}:${{cloud.current.region}}:${{cloud.current.account}}:"


@cache
def made(more: str = "{}", environment: str = "dev") -> list[dict[str, Any]]:
    """Return the resources of the roles, with a boundary and more variables as JSON."""
    given = {"deployer_repository": "acme/shop", "deployer_repository_id": "1", "deployer_owner_id": "2"}
    wanted = [[environment, {**given, "iam_permissions_boundary": BOUNDARY, **json.loads(more)}, ["deployer"], ["web"]]]
    command = [sys.executable, "tools/rendered.py", json.dumps(wanted)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found: list[dict[str, Any]] = json.loads(told)[0]["web"]
    return found


def policies(more: dict[str, Any] | None = None, kind: str = "deploy", environment: str = "dev") -> list[Statement]:
    """Return all statements of a role's policies, with the values of a run."""
    name = f"slipway-{environment}-deployer" + ("" if kind == "deploy" else f"-{kind}")
    resources = made(json.dumps(more or {}), environment)
    own = [one for one in resources if one["type"] == "iam_policy" and re.fullmatch(rf"{name}-\d+", one["name"])]
    text = json.dumps([one["properties"]["PolicyDocument"]["Statement"] for one in own])
    for name, value in {"partition": "aws", "account": "123456789012", "region": "us-east-1"}.items():
        text = text.replace(f"${{cloud.current.{name}}}", value)
    return [statement for document in json.loads(text) for statement in document]


def trusts() -> dict[str, Statement]:
    """Return the trust policy's statement of each role."""
    roles = [one["properties"] for one in made() if one["type"] == "iam_role"]
    return {one["RoleName"]: one["AssumeRolePolicyDocument"]["Statement"][0] for one in roles}


def refused(policy: list[Statement], needs: list[dict[str, Any]]) -> set[str]:
    """Return the actions of which the policy refuses some need."""
    return {one["action"] for one in needs if not allowed(policy, one["action"], one["resource"], one["context"])}


def test_the_statements_are_those_of_the_record() -> None:
    assert FILE.read_text(encoding="utf-8") == rendered(), "run tools/deployer_policy.py"


#: How actions are called that only read.
READING = re.compile(r"[\w-]+:(BatchCheck|BatchGet|Describe|Get|List|View)\w*|apigateway:GET|kms:Decrypt")


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_needed_is_allowed(kind: str) -> None:
    assert len(needed_by(kind)) > 50
    recorded = [one for one in needed_by(kind) if not is_of_source(one["resource"])]
    assert refused(document("dev", kind)["Statement"], recorded) == set(), REFRESH


@pytest.mark.parametrize("kind", KINDS)
def test_the_roles_own_guard_takes_none_of_it_away(kind: str) -> None:
    statements = [one for one in policies(kind=kind) if one.get("Sid") not in {"BoundWhatItMakes", "KeepTheBound"}]
    assert refused(statements, [one for one in needed_by(kind) if not is_of_source(one["resource"])]) == set()


def test_of_guardrails_only_the_end_is_taken_away() -> None:
    guarded = {"guardrails_enabled": True, "guardrails_delete_records_on_removal": False}
    statements = [one for one in policies(guarded) if one.get("Sid") not in {"BoundWhatItMakes", "KeepTheBound"}]
    found = refused(statements, [one for one in needed_by("deploy") if not is_of_source(one["resource"])])
    assert {"cloudtrail:DeleteTrail", "guardduty:DeleteDetector"} < found
    assert {one for one in found if not re.search(":(Batch)?(Delete|Disable|Stop|Update)", one)} == set()


@pytest.mark.parametrize("kind", KINDS)
def test_no_action_can_go(kind: str) -> None:
    policy = document("dev", kind)["Statement"]
    for action in sorted({action for statement in policy for action in statement["Action"]}):
        rest = [{**one, "Action": [other for other in one["Action"] if other != action]} for one in policy]
        assert refused(rest, [one for one in needed_by(kind) if one["action"] == action]) == {action}, REFRESH


@pytest.mark.parametrize("control", ["IAM.1", "IAM.21", "KMS.1"])
@pytest.mark.parametrize("kind", KINDS)
def test_policies_meet_the_controls_of_security_hub(kind: str, control: str) -> None:
    assert HOLDS[control](document("prod", kind))


def test_who_plans_only_reads() -> None:
    actions = {action for one in document("prod", "plan")["Statement"] for action in one["Action"]}
    assert {one for one in actions if not READING.fullmatch(one)} == set()


@pytest.mark.parametrize("kind", KINDS)
def test_no_values_of_others_secrets_are_read(kind: str) -> None:
    allowing = [one for one in document("prod", kind)["Statement"] if "secretsmanager:GetSecretValue" in one["Action"]]
    secrets = {arn.partition(":secret:")[2] for one in allowing for arn in one["Resource"]}
    assert secrets <= {"slipway-prod/*"}


def test_who_plans_is_refused_what_who_deploys_writes() -> None:
    writes = [one for one in needed_by("deploy") if not READING.fullmatch(one["action"])]
    assert len({one["action"] for one in writes}) > 100
    assert refused(policies(kind="plan"), writes) == {one["action"] for one in writes}


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("rds:DeleteDBInstance", "arn:aws:rds:us-east-1:123456789012:db:slipway-dev"),
        ("rds:ModifyDBInstance", "arn:aws:rds:us-east-1:123456789012:db:slipway-dev"),
        ("iam:PutRolePolicy", f"{ACCOUNT}role/slipway-dev-web-task"),
        ("ssm:PutParameter", "arn:aws:ssm:us-east-1:123456789012:parameter/slipway/dev/network/vpc_id"),
        ("logs:DeleteLogGroup", "arn:aws:logs:us-east-1:123456789012:log-group:/slipway/dev/web"),
        ("ecs:RunTask", "arn:aws:ecs:us-east-1:123456789012:task-definition/slipway-dev-web:*"),
    ],
)
def test_who_drills_changes_nothing_that_serves(action: str, resource: str) -> None:
    of_drill = [one for one in needed_by("drill") if one["action"] == action]
    policy = document("dev", "drill")["Statement"]
    assert of_drill
    assert refused(policy, of_drill) == set()
    assert not allowed(policy, action, resource, {"aws:RequestTag/environment": ("dev",)})
    assert allowed(document("dev")["Statement"], action, resource, {})


def of_another(environment: str, kind: str) -> list[dict[str, Any]]:
    """Return the needs on dev's own that a role of an environment has."""
    policy = document(environment, kind)["Statement"]
    own = [one for one in needed_by(kind) if "slipway-dev" in one["resource"] or "slipway/dev" in one["resource"]]
    assert own
    named = [one for one in own if not accepted("identity.whole-kind", f"{one['action']} is allowed", environment)]
    return [one for one in named if allowed(policy, one["action"], one["resource"], one["context"])]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_of_another_environment_only_versions_are_read(environment: str, kind: str) -> None:
    reached = of_another(environment, kind)
    if environment == "dev":
        assert reached
        return
    assert {one["action"] for one in reached if not READING.fullmatch(one["action"])} == set()
    assert {one["action"].split(":")[0] for one in reached} <= {"dynamodb", "ecr"}
    assert {one["resource"].split(":", 5)[5] for one in reached} <= {
        "table/slipway-dev-leases",
        "repository/slipway-dev/web",
    }


@pytest.mark.parametrize("kind", ["deploy", "plan"])
def test_versions_come_from_the_environments_before(kind: str) -> None:
    read = [one for one in needed_by(kind) if is_of_source(one["resource"])]
    assert {"dynamodb", "ecr"} >= {one["action"].split(":")[0] for one in read} != set()
    assert sources("prod") == ["dev", "staging"]
    given = {"environment_places": {"staging": {"account": "210987654321", "region": "eu-west-1"}}}
    assert refused(policies(kind=kind, environment="prod"), read) == set()
    assert refused(policies(given, kind, "prod"), read) == {one["action"] for one in read}
    elsewhere = [
        {**one, "resource": one["resource"].replace("us-east-1:123456789012", "eu-west-1:210987654321")} for one in read
    ]
    assert refused(policies(given, kind, "prod"), elsewhere) == set()
    assert refused(policies(kind=kind), read) == {one["action"] for one in read}, "dev takes over from nobody"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_it_names_what_it_may(environment: str, kind: str) -> None:
    found = faults_of_policy(document(environment, kind))
    assert [one for one in found if not accepted("identity.whole-kind", one, environment)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_everything_is_allowed_only_where_iam_knows_no_resources(kind: str) -> None:
    for statement in document("prod", kind)["Statement"]:
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
        ("iam:PutRolePolicy", f"{ACCOUNT}role/slipway-dev-deployer-plan", {"iam:PermissionsBoundary": (BOUNDARY,)}),
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


def test_only_the_boundary_names_whole_services() -> None:
    name = "slipway-dev-boundary"
    found = made(json.dumps({"iam_permissions_boundary": f"{ACCOUNT}policy/{name}"}))
    told = {one["name"]: one["properties"]["PolicyDocument"] for one in found if one["type"] == "iam_policy"}
    wide = {one for one, document in told.items() if "has a wildcard" in "".join(faults_of_policy(document))}
    assert wide == {name}
    assert accepted("identity.wildcard", f"iam_policy/{name}", "dev")


def test_with_the_boundary_it_makes_roles() -> None:
    bound = {"iam:PermissionsBoundary": (BOUNDARY,)}
    assert allowed(policies(), "iam:CreateRole", f"{ACCOUNT}role/slipway-dev-web-task", bound)


def test_only_its_repository_assumes_it() -> None:
    roles = [one["properties"] for one in made() if one["type"] == "iam_role"]
    assert len(roles) == len(KINDS)
    for role in roles:
        assert list(faults_of_trust(role["AssumeRolePolicyDocument"])) == []
        assert role["PermissionsBoundary"] == BOUNDARY
    names = [f"${{iam_policy.{one['name']}.Arn}}" for one in made() if one["type"] == "iam_policy"]
    assert [arn for role in roles for arn in role["ManagedPolicyArns"]] == names


def test_each_role_is_for_the_environment_that_its_workflows_name() -> None:
    asked = {
        name.replace("${{ inputs.environment }}", "dev").replace("${{ matrix.environment }}", "dev")
        for path in (ROOT / ".github" / "workflows").glob("*.yml")
        for name in re.findall(r"^    environment: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        if "needs." not in name
    }
    subjects = [one["Condition"]["StringEquals"][f"{ISSUER}:sub"] for one in trusts().values()]
    trusted = [{text.rpartition(":")[2] for text in one} for one in subjects]
    assert trusted == [{"dev"}, {"dev-plan"}, {"dev-drill"}]
    assert set().union(*trusted) == asked


def test_only_runs_on_main_assume_it_but_where_previews_are() -> None:
    def refs(environment: str) -> set[str]:
        roles = [one["properties"] for one in made("{}", environment) if one["type"] == "iam_role"]
        asked = [one["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["StringEquals"] for one in roles]
        return {json.dumps(one.get(f"{ISSUER}:ref")) for one in asked}

    assert refs("prod") == refs("staging") == {'["refs/heads/main"]'}
    assert refs("dev") == {"null"}


def test_more_subjects_are_those_of_one_role() -> None:
    text = json.dumps({"deployer_more_subjects": {"plan": ["repo:acme/shop:ref:refs/heads/main"]}})
    roles = {one["name"]: json.dumps(one) for one in made(text) if one["type"] == "iam_role"}
    assert [name for name, role in roles.items() if "refs/heads/main" in role] == ["slipway-dev-deployer-plan"]


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
        (
            "arn:aws:dynamodb:us-east-1:123456789012:table/slipway-staging-leases",
            "arn:${cloud.current.partition}:dynamodb:<region>:<account>:table/<name_prefix>-leases",
        ),
        (
            "arn:aws:ecr:us-east-1:123456789012:repository/slipway-staging/web",
            "arn:${cloud.current.partition}:ecr:<region>:<account>:repository/<name_prefix>/*",
        ),
        (
            "arn:aws:rds:us-east-1:123456789012:db:slipway-dev-restore-drill",
            f"{ANY.format(service='rds')}db:{{{{ name_prefix }}}}-restore-drill",
        ),
        (
            "arn:aws:logs:us-east-1:123456789012:log-group:/slipway/dev/restore_drill",
            f"{ANY.format(service='logs')}log-group:/{{{{ project }}}}/{{{{ env_name }}}}/restore_drill*",
        ),
        (
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-12-ab",
            f"{ANY.format(service='secretsmanager')}secret:rds!db-*",
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


def test_what_guardduty_made_is_told_by_its_tag() -> None:
    for action, kind in (
        ("ec2:DeleteVpcEndpoints", "vpc-endpoint/vpce-0a"),
        ("ec2:DeleteSecurityGroup", "security-group/sg-0a"),
    ):
        marked = {"aws:ResourceTag/GuardDutyManaged": ("true",)}
        assert allowed(policies(), action, f"{EC2}{kind}", marked)
        assert not allowed(policies(), action, f"{EC2}{kind}", {"aws:ResourceTag/environment": ("prod",)})


@pytest.mark.parametrize("kind", ["deploy", "plan"])
def test_composite_alarms_are_seen(kind: str) -> None:
    here = {"aws:RequestedRegion": ("us-east-1",)}
    assert allowed(policies(kind=kind), "cloudwatch:DescribeAlarms", "*", here)
    assert not allowed(policies(kind=kind), "cloudwatch:DescribeAlarms", "*", {})


def test_what_scales_is_registered_with_tags_and_changed_without() -> None:
    register, target = (
        "application-autoscaling:RegisterScalableTarget",
        "application-autoscaling:us-east-1:123456789012",
    )
    tags = {"environment": ("dev",), "project": ("slipway",)}
    for kind in ("Request", "Resource"):
        told = {f"aws:{kind}Tag/{key}": value for key, value in tags.items()}
        assert allowed(policies(), register, f"arn:aws:{target}:scalable-target/0a", told)
    assert not allowed(policies(), register, f"arn:aws:{target}:scalable-target/0a", {})


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("ecs:StopServiceDeployment", "arn:aws:ecs:us-east-1:123456789012:service/slipway-dev/slipway-dev-shop"),
        (
            "ecs:StopServiceDeployment",
            "arn:aws:ecs:us-east-1:123456789012:service-deployment/slipway-dev/slipway-dev-shop/1",
        ),
        ("codedeploy:StopDeployment", "*"),
    ],
)
def test_a_release_by_another_engine_can_be_stopped(action: str, resource: str) -> None:
    assert allowed(policies(), action, resource, {})


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
    workflows = [path.read_text(encoding="utf-8") for path in (ROOT / ".github" / "workflows").glob("*.yml")]
    asked = [int(seconds) for text in workflows for seconds in re.findall(r"role-duration-seconds: (\d+)", text)]
    assert len(asked) > 1
    assert max(asked) <= defaults["deployer_session_seconds"]


def test_more_rights_are_added_as_they_are() -> None:
    more = {"Action": ["ecr:PutImage"], "Resource": ["arn:aws:ecr:us-east-1:123456789012:repository/others"]}
    given = {"deployer_more_statements": {"drill": [more]}}
    has = [kind for kind in KINDS if {**more, "Effect": "Allow"} in policies(given, kind)]
    assert has == ["drill"]


def test_a_role_is_passed_to_each_service_that_was_seen() -> None:
    role = f"{ACCOUNT}role/slipway-dev-a"
    (one,) = statements([need("iam:PassRole", role, iam__PassedToService=[name]) for name in ("b", "a")])
    assert one["Condition"] == {"StringEquals": {"iam:PassedToService": ["a", "b"]}}


def test_actions_on_the_same_share_a_statement() -> None:
    cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/slipway-dev"
    found = statements([need(action, cluster) for action in ("ecs:UpdateCluster", "ecs:DeleteCluster")])
    assert [one["Action"] for one in found] == [["ecs:DeleteCluster", "ecs:UpdateCluster"]]


def test_other_tags_than_ours_are_changed_where_nothing_tells_whose_something_is() -> None:
    own = {"aws:RequestTag/environment": ["dev"], "aws:RequestTag/project": ["slipway"]}
    tag = "servicediscovery:TagResource"
    assert "StringEquals" in condition_of({"action": tag, "resource": "*", "context": own})
    changed = condition_of({"action": tag, "resource": "*", "context": {"aws:RequestTag/owner": ["others"]}})
    assert changed == {"Null": {"aws:RequestTag/environment": "true", "aws:RequestTag/project": "true"}}
    assert allowed(policies(), tag, "*", {"aws:RequestTag/owner": ("others",)})
    assert not allowed(policies(), tag, "*", {"aws:RequestTag/environment": ("prod",)})
