"""The deployer's policy is enough for the life of an environment, and a run without one of its actions names it."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import pytest

from rehearsal import cli
from tests.e2e.environment import Environment
from tools.deployer_policy import document

RELEASE = ("playbooks/release.yml", "-e", "service=web", "-e", "image_tag=1.1.0", "-e", "release_bake_minutes=1")
ROLLBACK = ("playbooks/rollback.yml", "-e", "service=web")
TEARDOWN = ("playbooks/teardown.yml", "-e", "confirm=dev")
#: Actions that each of these calls first or alone.
OF_SITE = ("kms:CreateKey", "iam:PassRole", "ec2:CreateSubnet", "rds:AddTagsToResource", "ssm:PutParameter")
OF_RELEASE = ("ecs:RegisterTaskDefinition", "ecs:UpdateService", "elasticloadbalancing:ModifyRule")
OF_TEARDOWN = ("s3:DeleteBucket", "ec2:DeleteVpc", "iam:DeleteRole", "kms:ScheduleKeyDeletion")


class Bound:
    """Dev, deployed by somebody who may do what the deployer's policy says."""

    def __init__(self, environment: Environment, place: Path) -> None:
        self.environment = environment
        self.file = place / "policy.json"
        self.follow()

    def follow(self, without: str = "") -> None:
        """Let the policy decide from now on, without one of its actions."""
        policy = document("dev")
        for statement in policy["Statement"]:
            statement["Action"] = [action for action in statement["Action"] if action != without]
        self.file.write_text(json.dumps(policy), encoding="utf-8")
        cli.order("gate.follow", policy=[str(self.file)])

    def refused(self, action: str, *command: str) -> None:
        """Run without an action and expect to be told which one is missing."""
        self.follow(without=action)
        told = self.environment.playbook(*command, expect=2).said
        assert f"not authorized to perform: {action}" in told
        self.follow()

    def live(self, site: Collection[str], release: Collection[str], teardown: Collection[str]) -> None:
        """Make it, release, go back and remove it; before each, try without the actions that are named."""
        for action in site:
            self.refused(action, "site.yml")
        self.environment.stand_up()
        cli.order("tasks.push", image="web:1.1.0", repository="slipway-dev/web", region="us-east-1")
        for action in release:
            self.refused(action, *RELEASE, "-e", "retry=true")
        self.environment.playbook(*RELEASE, "-e", "retry=true")
        self.environment.playbook(*ROLLBACK)
        for action in teardown:
            self.refused(action, *TEARDOWN)
        self.environment.playbook(*TEARDOWN)


@pytest.fixture
def bound(fresh: Environment, tmp_path: Path) -> Bound:
    return Bound(fresh, tmp_path)


def test_it_is_enough_for_the_life_of_an_environment(bound: Bound) -> None:
    bound.live(OF_SITE[:1], (), ())
    assert "rds:db" not in bound.environment.inventory()
    assert "ec2:vpc" not in bound.environment.inventory()


@pytest.mark.soak
def test_a_run_without_an_action_names_it(bound: Bound) -> None:
    bound.live(OF_SITE, OF_RELEASE, OF_TEARDOWN)
