from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge, Run

KEY = "iam_policy.deployer"


def document(action: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


POLICY: dict[str, Any] = {
    "type": "iam_policy",
    "name": "deployer",
    "tags": {"Name": "deployer"},
    "properties": {
        "PolicyName": "deployer",
        "Description": "What it may do",
        "PolicyDocument": document("ecr:GetAuthorizationToken"),
    },
}


def test_lives(converge: Converge) -> None:
    converge.lives([POLICY])


@pytest.mark.parametrize(
    ("changed", "operation", "parameters"),
    [
        (
            "PolicyDocument",
            "create_policy_version",
            {"PolicyDocument": json.dumps(document("s3:ListAllMyBuckets")), "SetAsDefault": True},
        ),
        ("Tags", "tag_policy", {"Tags": [{"Key": "project", "Value": "other"}, {"Key": "foreign", "Value": "x"}]}),
        ("Tags", "untag_policy", {"TagKeys": ["Name"]}),
    ],
)
def test_mends(
    converge: Converge, client: Callable[[str], Any], changed: str, operation: str, parameters: dict[str, Any]
) -> None:
    def drift(run: Run) -> None:
        getattr(client("iam"), operation)(PolicyArn=run.state(KEY)["Arn"], **parameters)

    converge.mends([POLICY], drift, {KEY: {changed}})


def test_another_version_finds_room(converge: Converge, client: Callable[[str], Any]) -> None:
    for number in range(7):
        wanted = document(f"s3:GetObject{number}")
        run = converge([{**POLICY, "properties": {**POLICY["properties"], "PolicyDocument": wanted}}])
    arn = run.state(KEY)["Arn"]
    policy = client("iam").get_policy(PolicyArn=arn)["Policy"]
    version = client("iam").get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    assert version["Document"] == wanted
    assert len(client("iam").list_policy_versions(PolicyArn=arn)["Versions"]) == 5
