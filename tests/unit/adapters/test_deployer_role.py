"""What the role deployer declares for prod, converged as it is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge
from tools.files import ROOT

GIVEN = {"deployer_repository": "acme/shop", "deployer_repository_id": "1", "deployer_owner_id": "2"}
NAME = "slipway-prod-deployer"


@pytest.fixture(scope="module")
def resources() -> list[dict[str, Any]]:
    command = [sys.executable, "tools/rendered.py", json.dumps([["prod", GIVEN, ["deployer"], ["web"]]])]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found: list[dict[str, Any]] = json.loads(told)[0]["web"]
    return found


def test_it_lives(converge: Converge, client: Callable[[str], Any], resources: list[dict[str, Any]]) -> None:
    converge.lives(resources)
    attached = client("iam").list_attached_role_policies(RoleName=NAME)["AttachedPolicies"]
    assert {one["PolicyName"] for one in attached} == {f"{NAME}-{number}" for number in range(1, len(resources))}
    role = client("iam").get_role(RoleName=NAME)["Role"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Condition"]["StringEquals"]["token.actions.githubusercontent.com:repository_id"] == "1"
    subjects = statement["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"]
    assert len(subjects) == 3
    assert all(one.endswith(":environment:prod") for one in subjects)
    assert "${" not in json.dumps(role, default=str)
