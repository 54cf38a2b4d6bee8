"""Checks of where an environment lives and who goes there; as in :mod:`inputs`, pure, a sentence for each mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

#: What AWS allows, and how that is said. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
ALLOWED = {
    "aws_account_id": (r"\d{12}", "give its twelve digits in quotes, or empty for whichever the credentials reach"),
    "aws_role_arn": (
        r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,576}",
        "give arn:aws:iam::ACCOUNT:role/NAME, or empty to call as who you are",
    ),
    "aws_external_id": (r"[\w+=,.@:/-]{2,1224}", "give 2 to 1224 of letters, digits and +=,.@:/-, or empty for none"),
    "aws_role_session_name": (r"[\w+=,.@-]{2,64}", "give 2 to 64 of letters, digits and +=,.@-"),
}


def account_problems(values: Mapping[str, Any]) -> Iterator[str]:
    """Check the variables ``aws_*`` about the account, and that they fit each other."""
    given = {name: values[name] for name in ALLOWED if values.get(name) not in (None, "")}
    wrong = [name for name in given if not _fits(name, given[name])]
    for name in wrong:
        yield f"{name} is {given[name]!r}; {ALLOWED[name][1]}"
    role = given.get("aws_role_arn")
    if "aws_external_id" in given and role is None:
        yield "aws_external_id is set, but aws_role_arn is not; set the role that asks for it, or leave both empty"
    if not wrong and role and given.get("aws_account_id", role.split(":")[4]) != role.split(":")[4]:
        yield (
            f"aws_account_id is {given['aws_account_id']}, but aws_role_arn {role} is a role of account"
            f" {role.split(':')[4]}; give a role of the environment's account"
        )


def _fits(name: str, value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(ALLOWED[name][0], value, re.ASCII))
