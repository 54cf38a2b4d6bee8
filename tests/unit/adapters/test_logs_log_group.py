from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adapters.logs_log_group import LogsLogGroup
from ansible_collections.slipway.aws.plugins.plugin_utils.compare import Change
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import parse
from tests.unit.adapters.converging import Converge, Run

NAME = "/slipway/test/flow-logs"
GROUP: dict[str, Any] = {
    "type": "logs_log_group",
    "name": "flow_logs",
    "properties": {"logGroupName": NAME, "retentionInDays": 30, "logGroupClass": "STANDARD"},
}
KEY = "logs_log_group.flow_logs"


def with_properties(**properties: Any) -> dict[str, Any]:
    return {**GROUP, "properties": {**GROUP["properties"], **properties}}


def test_lives(converge: Converge) -> None:
    converge.lives([GROUP])


DRIFTS: list[tuple[str, str, dict[str, Any]]] = [
    ("retentionInDays", "put_retention_policy", {"logGroupName": NAME, "retentionInDays": 7}),
    ("retentionInDays", "delete_retention_policy", {"logGroupName": NAME}),
    ("Tags", "tag_log_group", {"logGroupName": NAME, "tags": {"owner": "someone"}}),
    ("Tags", "untag_log_group", {"logGroupName": NAME, "tags": ["project"]}),
]


@pytest.mark.parametrize(("changed", "operation", "parameters"), DRIFTS)
def test_mends(
    converge: Converge, client: Callable[[str], Any], changed: str, operation: str, parameters: dict[str, Any]
) -> None:
    def drift(_run: Run) -> None:
        getattr(client("logs"), operation)(**parameters)

    converge.mends([GROUP], drift, {KEY: {changed}})


CALLS: list[tuple[str, Any, str, dict[str, Any]]] = [
    ("kmsKeyId", "arn:new", "associate_kms_key", {"logGroupName": NAME, "kmsKeyId": "arn:new"}),
    ("kmsKeyId", "", "disassociate_kms_key", {"logGroupName": NAME}),
    (
        "deletionProtectionEnabled",
        True,
        "put_log_group_deletion_protection",
        {"logGroupIdentifier": NAME, "deletionProtectionEnabled": True},
    ),
]


@pytest.mark.parametrize(("name", "after", "operation", "parameters"), CALLS)
def test_mends_what_moto_cannot_change(name: str, after: object, operation: str, parameters: dict[str, Any]) -> None:
    cloud = Mock()
    state = {"logGroupName": NAME, "arn": "arn"}
    LogsLogGroup(cloud).update(parse(GROUP, {}), state, {name: Change("before", after)})
    cloud.write.assert_called_once_with("logs", operation, **parameters)


def test_creates_with_the_key(converge: Converge, client: Callable[[str], Any]) -> None:
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    converge.lives([with_properties(kmsKeyId=key)])
    assert converge([with_properties(kmsKeyId=key + "x")], check=True).changed == {KEY: {"kmsKeyId"}}


def test_keeps_events_for_ever_when_told(converge: Converge, client: Callable[[str], Any]) -> None:
    converge([GROUP])
    assert converge([with_properties(retentionInDays=0)]).changed == {KEY: {"retentionInDays"}}
    assert "retentionInDays" not in client("logs").describe_log_groups(logGroupNamePrefix=NAME)["logGroups"][0]


def test_lists_once_for_many_groups(converge: Converge) -> None:
    groups = [{**GROUP, "name": f"g{i}", "properties": {"logGroupName": f"/slipway/test/{i}"}} for i in range(60)]
    converge(groups)
    run = converge(groups)
    assert run.changed == {}
    assert run.calls["logs.describe_log_groups"] <= 2  # pages of fifty


def test_does_not_take_a_longer_name_for_its_own(converge: Converge) -> None:
    converge([with_properties(logGroupName=f"{NAME}-other")])
    assert converge([GROUP], check=True).actions == {KEY: "created"}
