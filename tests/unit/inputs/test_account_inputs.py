"""Account, role and external id are checked before they are used, and against each other."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_account import account_problems

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/slipway/dev-deployer"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"aws_account_id": "", "aws_role_arn": "", "aws_external_id": "", "aws_role_session_name": "slipway"},
        {"aws_account_id": ACCOUNT},
        {"aws_role_arn": ROLE, "aws_external_id": "shop:dev/1", "aws_account_id": ACCOUNT},
        {"aws_role_arn": ROLE.replace("aws:", "aws-us-gov:", 1)},
    ],
)
def test_what_fits_together_passes(given: dict[str, Any]) -> None:
    assert not list(account_problems(given))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"aws_account_id": 123456789012}, "aws_account_id is 123456789012; give its twelve digits in quotes"),
        ({"aws_account_id": "1234-5678-9012"}, "aws_account_id is '1234-5678-9012'; give its twelve digits"),
        ({"aws_role_arn": "deployer"}, "aws_role_arn is 'deployer'; give arn:aws:iam::ACCOUNT:role/NAME"),
        ({"aws_role_arn": ROLE.replace("role", "user")}, "aws_role_arn is 'arn:aws:iam::123456789012:user"),
        ({"aws_role_arn": ROLE, "aws_external_id": "x"}, "aws_external_id is 'x'; give 2 to 1224"),
        ({"aws_role_session_name": "two words"}, "aws_role_session_name is 'two words'; give 2 to 64"),
        ({"aws_external_id": "shop"}, "aws_external_id is set, but aws_role_arn is not; set the role that asks for it"),
        ({"aws_account_id": "210987654321", "aws_role_arn": ROLE}, "is a role of account 123456789012; give a role of"),
    ],
)
def test_what_does_not_is_told(given: dict[str, Any], told: str) -> None:
    (found,) = account_problems(given)
    assert told in found
