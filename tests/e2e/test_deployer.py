"""The deployer's policy is enough for every playbook that it is for, and has no action too many."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal import cli
from rehearsal.authorization.evaluation import allowed
from rehearsal.load import Load
from tests.e2e.conftest import TIME_SCALE
from tests.e2e.environment import Environment
from tools.deployer_policy import FILE, document

SEED = 20
RELEASE = ("playbooks/release.yml", "-e", "service=web", "-e", "image_tag=1.1.0")
TEARDOWN = ("playbooks/teardown.yml", "-e", "confirm=dev")
#: By playbook, actions that it calls first or alone, of which one is taken away at a time.
OF_EACH = {
    "site": ("ec2:CreateSubnet", "iam:PassRole", "kms:CreateKey", "rds:AddTagsToResource", "ssm:GetParameters"),
    "release": ("elasticloadbalancing:ModifyRule", "ecs:UpdateService", "ecs:RegisterTaskDefinition"),
    "teardown": ("ec2:DeleteVpc", "kms:ScheduleKeyDeletion", "s3:DeleteBucket", "iam:DeleteRole"),
}


def without(action: str) -> dict[str, Any]:
    """Return the policy with an action taken away."""
    policy = copy.deepcopy(document("dev"))
    for statement in policy["Statement"]:
        statement["Action"] = [one for one in statement["Action"] if one != action] or ["sts:Nothing"]
    return policy


class Bound:
    """Dev, deployed by somebody who may do what a policy says."""

    def __init__(self, environment: Environment, place: Path) -> None:
        self.environment = environment
        self.file = place / "policy.json"

    def follow(self, policy: dict[str, Any]) -> None:
        self.file.write_text(json.dumps(policy), encoding="utf-8")
        cli.order("gate.follow", policy=[str(self.file)])

    def refused(self, action: str, *command: str) -> None:
        """Run without an action and expect to be told of it; then run with it."""
        self.follow(without(action))
        told = " ".join(self.environment.playbook(*command, expect=2).output.split())
        assert action in told, action
        assert "not authorized" in told or "no identity-based policy allows" in told
        self.follow(document("dev"))
        self.environment.playbook(*command)


@pytest.fixture
def bound(logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bound]:
    monkeypatch.setenv("SLIPWAY_REHEARSAL_DIR", str(tmp_path))
    with cli.running_cloud(TIME_SCALE, more=["--record"]) as variables:
        yield Bound(Environment("dev", variables, logs), tmp_path)


def surplus() -> set[str]:
    """Return the actions of the policy that nothing needed."""
    needed = {need["action"] for need in cli.order("gate.needed")}
    return {action for statement in document("dev")["Statement"] for action in statement["Action"]} - needed


def test_the_policy_is_enough_and_no_action_can_go(bound: Bound) -> None:
    chosen = random.Random(SEED)  # noqa: S311  no secret depends on it
    bound.refused(chosen.choice(OF_EACH["site"]), "site.yml")
    bound.environment.push_images()
    bound.environment.playbook("site.yml", "--limit", "services")
    cli.order("tasks.push", image="web:1.1.0", repository="slipway-dev/web", region="us-east-1")
    with Load(bound.environment.url, bound.environment.variables):
        bound.refused(chosen.choice(OF_EACH["release"]), *RELEASE)
        bound.environment.playbook("playbooks/rotate.yml")
        bound.environment.playbook("playbooks/rollback.yml", "-e", "service=web")
    bound.refused(chosen.choice(OF_EACH["teardown"]), *TEARDOWN)
    assert bound.environment.inventory() == {}
    assert surplus() == set(), f"nothing needs these any more; write {FILE.name} anew: tools/deployer_policy.py --anew"


@pytest.mark.soak
def test_removing_any_action_makes_a_run_fail(bound: Bound) -> None:
    """Replays what a whole run needed against the policy without one action at a time: each refuses some call."""
    bound.follow(document("dev"))
    bound.environment.stand_up()
    bound.environment.playbook(*TEARDOWN)
    needs = cli.order("gate.needed")
    for action in sorted({need["action"] for need in needs}):
        statements = without(action)["Statement"]
        refused = {
            need["action"]
            for need in needs
            if not allowed(statements, need["action"], need["resource"], need["context"])
        }
        assert refused == {action}
