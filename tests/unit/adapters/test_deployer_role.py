"""What the role deployer declares for prod, converged as it is: three roles and their policies."""

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
    names = [one["name"] for one in resources if one["type"] == "iam_policy"]
    attached = []
    for kind in ("", "-plan", "-drill"):
        listed = client("iam").list_attached_role_policies(RoleName=f"{NAME}{kind}")["AttachedPolicies"]
        attached += sorted((one["PolicyName"] for one in listed), key=names.index)
        role = client("iam").get_role(RoleName=f"{NAME}{kind}")["Role"]
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        claims = statement["Condition"]["StringEquals"]
        assert claims["token.actions.githubusercontent.com:repository_id"] == "1"
        subjects = claims["token.actions.githubusercontent.com:sub"]
        assert len(subjects) == 3
        assert all(one.endswith(f":environment:prod{kind}") for one in subjects)
        assert "${" not in json.dumps(role, default=str)
    assert attached == names
