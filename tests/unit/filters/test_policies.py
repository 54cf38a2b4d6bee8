from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.filter.policies import LONGEST, managed_policies


def statement(number: int, size: int = 100) -> dict[str, Any]:
    return {"Sid": f"S{number}", "Effect": "Allow", "Action": "a:b", "Resource": "x" * size}


@pytest.mark.parametrize(("count", "size", "policies"), [(1, 10, 1), (20, 200, 1), (60, 200, 3), (10, 5000, 10)])
def test_every_statement_is_in_one_and_none_is_too_long(count: int, size: int, policies: int) -> None:
    wanted = [statement(number, size) for number in range(count)]
    made = managed_policies(wanted, "deployer")
    assert [one["properties"]["PolicyName"] for one in made] == [f"deployer-{n}" for n in range(1, policies + 1)]
    documents = [one["properties"]["PolicyDocument"] for one in made]
    assert sorted(one["Sid"] for document in documents for one in document["Statement"]) == sorted(
        one["Sid"] for one in wanted
    )
    assert all(len(json.dumps(document, separators=(",", ":"))) <= LONGEST for document in documents)


def test_a_small_one_goes_where_there_is_room() -> None:
    made = managed_policies([statement(1, 4000), statement(2, 4000), statement(3, 100)], "deployer")
    sids = [[one["Sid"] for one in policy["properties"]["PolicyDocument"]["Statement"]] for policy in made]
    assert sids == [["S1", "S3"], ["S2"]]


@pytest.mark.parametrize(("count", "size", "text"), [(1, 6200, "S0 has"), (11, 5000, "11 policies")])
def test_what_iam_would_not_take(count: int, size: int, text: str) -> None:
    with pytest.raises(ValueError, match=f"managed_policies: {text}"):
        managed_policies([statement(number, size) for number in range(count)], "deployer")
