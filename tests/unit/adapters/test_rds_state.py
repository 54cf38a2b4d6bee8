from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adapters._rds_state import as_declared

INSTANCE: dict[str, Any] = {
    "EngineVersion": "17.6",
    "AllocatedStorage": 60,
    "MultiAZ": False,
    "Endpoint": {"Address": "db.example.com", "Port": 5433},
    "EnabledCloudwatchLogsExports": ["postgresql"],
    "IAMDatabaseAuthenticationEnabled": False,
    "PendingModifiedValues": {
        "MultiAZ": True,
        "Port": 5444,
        "IAMDatabaseAuthenticationEnabled": True,
        "PendingCloudwatchLogsExports": {"LogTypesToEnable": ["upgrade"], "LogTypesToDisable": ["postgresql"]},
    },
}


def test_counts_what_waits_for_the_window_as_reached() -> None:
    state = as_declared(INSTANCE, {})
    assert state["MultiAZ"] is True
    assert state["Port"] == 5444
    assert state["EnableIAMDatabaseAuthentication"] is True
    assert state["EnableCloudwatchLogsExports"] == ["upgrade"]


def test_does_not_count_it_when_it_is_wanted_at_once() -> None:
    state = as_declared(INSTANCE, {"ApplyImmediately": True})
    assert state["MultiAZ"] is False
    assert state["Port"] == 5433
    assert state["EnableIAMDatabaseAuthentication"] is False
    assert state["EnableCloudwatchLogsExports"] == ["postgresql"]


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({"EngineVersion": "17"}, "17"),
        ({"EngineVersion": "17.6"}, "17.6"),
        ({"EngineVersion": "17.4"}, "17.6"),
        ({"EngineVersion": "17.4", "AutoMinorVersionUpgrade": True}, "17.4"),
        ({"EngineVersion": "17.7", "AutoMinorVersionUpgrade": True}, "17.6"),
        ({"EngineVersion": "18"}, "17.6"),
        ({"EngineVersion": "16", "AutoMinorVersionUpgrade": True}, "17.6"),
        ({}, "17.6"),
    ],
)
def test_version(declared: dict[str, Any], expected: str) -> None:
    assert as_declared(INSTANCE, declared)["EngineVersion"] == expected


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({"AllocatedStorage": 50}, 60),
        ({"AllocatedStorage": 50, "MaxAllocatedStorage": 100}, 50),
        ({"AllocatedStorage": 50, "MaxAllocatedStorage": 55}, 60),
        ({"AllocatedStorage": 80, "MaxAllocatedStorage": 100}, 60),
    ],
)
def test_storage_that_aws_grew(declared: dict[str, Any], expected: int) -> None:
    assert as_declared(INSTANCE, declared)["AllocatedStorage"] == expected


def test_leaves_out_groups_that_are_being_removed() -> None:
    groups = [
        {"VpcSecurityGroupId": "sg-1", "Status": "active"},
        {"VpcSecurityGroupId": "sg-2", "Status": "removing"},
        {"VpcSecurityGroupId": "sg-3", "Status": "adding"},
    ]
    assert as_declared({**INSTANCE, "VpcSecurityGroups": groups}, {})["VpcSecurityGroupIds"] == ["sg-1", "sg-3"]
