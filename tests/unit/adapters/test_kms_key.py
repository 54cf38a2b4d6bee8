from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adapters.kms_key import KmsKey
from ansible_collections.slipway.aws.plugins.plugin_utils.compare import Change
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import parse
from tests.unit.adapters.converging import TAGS, Converge, Run

KEY = "kms_key.data"
ALIAS = "alias/slipway-test-data"


def policy(action: str) -> dict[str, Any]:
    allow = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [{**allow, "Action": action}]}


DATA: dict[str, Any] = {
    "type": "kms_key",
    "name": "data",
    "tags": {"Name": "slipway-test-data"},
    "properties": {
        "AliasName": ALIAS,
        "Description": "Data at rest",
        "Policy": policy("kms:*"),
        "Enabled": True,
        "KeyRotationEnabled": True,
        "PendingWindowInDays": 7,
    },
}


def arn(run: Run) -> str:
    return str(run.state(KEY)["Arn"])


def test_lives(converge: Converge) -> None:
    assert converge([DATA], check=True).actions == {KEY: "created"}
    assert converge([DATA]).actions == {KEY: "created"}
    assert converge([DATA]).changed == {}
    assert converge([DATA], check=True).changed == {}


DRIFTS: list[tuple[str, str, dict[str, Any]]] = [
    ("Description", "update_key_description", {"Description": "other"}),
    ("Policy", "put_key_policy", {"PolicyName": "default", "Policy": json.dumps(policy("kms:Describe*"))}),
    ("Enabled", "disable_key", {}),
    ("KeyRotationEnabled", "disable_key_rotation", {}),
    ("Tags", "tag_resource", {"Tags": [{"TagKey": "foreign", "TagValue": "x"}]}),
    ("Tags", "untag_resource", {"TagKeys": ["project"]}),
]


@pytest.mark.parametrize(("changed", "operation", "parameters"), DRIFTS)
def test_mends(
    converge: Converge, client: Callable[[str], Any], changed: str, operation: str, parameters: dict[str, Any]
) -> None:
    def drift(run: Run) -> None:
        getattr(client("kms"), operation)(KeyId=run.state(KEY)["KeyId"], **parameters)

    converge.mends([DATA], drift, {KEY: {changed}})


def test_comes_back_as_the_same_key_after_removal(converge: Converge) -> None:
    first = arn(converge([DATA]))
    assert converge([DATA], absent=True).actions == {KEY: "deleted"}
    again = converge([DATA], absent=True)
    assert again.actions == {KEY: "kept"}
    assert "declared again before, it comes back" in again.outcomes[KEY].message
    assert converge([DATA], check=True).actions == {KEY: "created"}
    revived = converge([DATA])
    assert (arn(revived), revived.state(KEY)["KeyState"]) == (first, "Enabled")
    assert converge([DATA]).changed == {}


def test_finishes_a_key_that_a_killed_run_left_without_alias(converge: Converge, client: Callable[[str], Any]) -> None:
    first = arn(converge([DATA]))
    client("kms").delete_alias(AliasName=ALIAS)
    assert arn(converge([DATA])) == first
    assert len(client("kms").list_keys()["Keys"]) == 1


def test_leaves_a_key_of_others_without_alias_alone(converge: Converge, client: Callable[[str], Any]) -> None:
    tags = [{"TagKey": key, "TagValue": value} for key, value in {**TAGS, "Name": "other"}.items()]
    other = client("kms").create_key(Tags=tags)["KeyMetadata"]["Arn"]
    assert arn(converge([DATA])) != other


@pytest.mark.parametrize(("days", "changed"), [(365, {}), (90, {KEY: {"RotationPeriodInDays"}})])
def test_takes_a_period_that_is_not_told_for_a_year(
    converge: Converge, client: Callable[[str], Any], days: int, changed: dict[str, set[str]]
) -> None:
    run = converge([DATA])
    assert "RotationPeriodInDays" not in client("kms").get_key_rotation_status(KeyId=run.state(KEY)["KeyId"])
    wanted = {**DATA, "properties": {**DATA["properties"], "RotationPeriodInDays": days}}
    assert converge([wanted], check=True).changed == changed


def test_sets_the_period_of_rotation() -> None:
    cloud = Mock()
    wanted = {**DATA, "properties": {**DATA["properties"], "RotationPeriodInDays": 180}}
    KmsKey(cloud).update(parse(wanted, {}), {"KeyId": "k"}, {"RotationPeriodInDays": Change(365, 180)})
    cloud.write.assert_called_once_with("kms", "enable_key_rotation", KeyId="k", RotationPeriodInDays=180)
