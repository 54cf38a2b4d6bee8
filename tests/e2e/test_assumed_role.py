"""An environment whose account is reached through a role alone: who runs it may assume that, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from rehearsal import cli
from tests.e2e.conftest import TIME_SCALE
from tests.e2e.environment import Environment, quiet, writes

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/state-keeper"
GIVEN = {"aws_account_id": ACCOUNT, "aws_role_arn": ROLE, "aws_external_id": "shop-4711"}
LIMIT = ("site.yml", "--limit", "state,keys", "-vvv", "-e")


def _allow(action: str, **more: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **more}]})


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory, logs: Path) -> Iterator[Environment]:
    """Dev in a cloud whose deployer may only assume one role, which somebody else has made."""
    place = tmp_path_factory.mktemp("assumed")
    policy = place / "policy.json"
    policy.write_text(_allow("sts:AssumeRole", Resource=ROLE), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLIPWAY_REHEARSAL_DIR", str(place / "cloud"))
        with cli.running_cloud(TIME_SCALE, more=[f"--policy={policy}"]) as variables:
            environment = Environment("dev", variables, logs)
            _make_role(administrator(environment, "iam"))
            yield environment


def administrator(environment: Environment, service: str) -> Any:
    """Return a client of somebody whom no policy binds."""
    session: Any = boto3.session.Session("administrator", "any", region_name="us-east-1")
    return session.client(service, endpoint_url=environment.variables["AWS_ENDPOINT_URL"])


def _make_role(iam: Any) -> None:
    asked = {"StringEquals": {"sts:ExternalId": GIVEN["aws_external_id"]}}
    trust = _allow("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Condition=asked)
    name = ROLE.rpartition("/")[2]
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=_allow("*", Resource="*"))


def test_without_the_role_nothing_is_allowed(dev: Environment) -> None:
    refused = dev.playbook(*LIMIT, "{}", expect=2)
    assert "assumed-role/deployer" in refused.said
    assert "is not authorized to perform" in refused.said


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"aws_external_id": "shop-4712"}, f"aws_role_arn is {ROLE}, which these credentials may not assume"),
        ({"aws_role_arn": f"{ROLE}s"}, f"aws_role_arn is {ROLE}s, which these credentials may not assume"),
        (
            {"aws_account_id": "210987654321", "aws_role_arn": "", "aws_external_id": ""},
            f"(AWS_PROFILE, AWS_ACCESS_KEY_ID) reached account {ACCOUNT}; nothing was changed",
        ),
    ],
)
def test_another_account_or_role_is_refused_before_anything_is_changed(
    dev: Environment, wrong: dict[str, str], told: str
) -> None:
    before = writes()
    refused = dev.playbook(*LIMIT, json.dumps(GIVEN | wrong), expect=2)
    assert told in refused.said
    quiet()
    assert writes() == before


def test_nothing_is_removed_in_another_account(dev: Environment) -> None:
    given = json.dumps({"aws_account_id": "210987654321", "confirm": "dev"})
    refused = dev.playbook("playbooks/teardown.yml", "-e", given, expect=2)
    assert f"reached account {ACCOUNT}; nothing was changed" in refused.said


def test_the_role_stands_it_up_and_holds_its_leases(dev: Environment) -> None:
    assert dev.playbook(*LIMIT, json.dumps(GIVEN)).changed == {"state": 1, "keys": 1}
    second = dev.playbook(*LIMIT, json.dumps(GIVEN))
    assert not second.changed
    assert "ASIA" not in second.output
    quiet()
    leases = administrator(dev, "dynamodb").scan(TableName="slipway-dev-leases")["Items"]
    assert {item["id"]["S"] for item in leases} == {"lease#state", "lease#keys"}
    assert not [item for item in leases if item.get("run")]
