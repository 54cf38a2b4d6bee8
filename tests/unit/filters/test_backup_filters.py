from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.filter.backup import backup_lock, backup_rules

DAILY = {"schedule": "cron(0 6 * * ? *)", "keep_days": 35}
COPIES = "arn:aws:backup:us-west-2:123456789012:backup-vault:copies"
LOCK = {"mode": "governance", "min_days": 7, "max_days": 400, "changeable_days": 7, "confirmed": ""}


def test_a_rule_begins_ends_and_keeps() -> None:
    assert backup_rules({"daily": DAILY}, "vault") == [
        {
            "RuleName": "daily",
            "TargetBackupVaultName": "vault",
            "ScheduleExpression": "cron(0 6 * * ? *)",
            "StartWindowMinutes": 60,
            "CompletionWindowMinutes": 360,
            "Lifecycle": {"DeleteAfterDays": 35},
            "CopyActions": [],
        }
    ]


@pytest.mark.parametrize(("more", "days"), [({}, 35), ({"copy_keep_days": 90}, 90)])
def test_copies_are_kept_as_long_unless_told(more: dict[str, int], days: int) -> None:
    (rule,) = backup_rules({"daily": DAILY | more}, "vault", COPIES)
    assert rule["CopyActions"] == [{"DestinationBackupVaultArn": COPIES, "Lifecycle": {"DeleteAfterDays": days}}]


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({}, "set backup_enabled to false"),
        ({"daily": {"keep_days": 3}}, "daily has keep_days; it needs schedule and keep_days"),
        ({"daily": DAILY | {"cold_days": 3}}, "daily has cold_days, keep_days, schedule"),
        ({"daily": DAILY | {"keep_days": 0}}, "keep_days of daily is 0; give a number of days from 1"),
        ({"daily": DAILY | {"copy_keep_days": "9"}}, "copy_keep_days of daily is '9'"),
    ],
)
def test_wrong_rules_are_refused(rules: dict[str, Any], told: str) -> None:
    with pytest.raises(AnsibleFilterError, match=r"^backup_rules: ") as refused:
        backup_rules(rules, "vault")
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"mode": "none"}, {}),
        ({}, {"MinRetentionDays": 7, "MaxRetentionDays": 400}),
        (
            {"mode": "compliance", "confirmed": "prod"},
            {"MinRetentionDays": 7, "MaxRetentionDays": 400, "ChangeableForDays": 7},
        ),
    ],
)
def test_locks(change: dict[str, Any], expected: dict[str, int]) -> None:
    assert backup_lock(LOCK | change, {"daily": DAILY}, "prod") == expected


@pytest.mark.parametrize(
    ("change", "rule", "told"),
    [
        ({"mode": "strict"}, {}, "is 'strict'; choose one of none, governance, compliance"),
        ({"mode": "compliance"}, {}, "set backup_lock_confirmed to prod (it is '')"),
        ({"mode": "compliance", "confirmed": "dev"}, {}, "set backup_lock_confirmed to prod (it is 'dev')"),
        ({"mode": "compliance", "confirmed": "prod", "changeable_days": 2}, {}, "backup_lock_changeable_days is 2"),
        ({"min_days": 36}, {}, "keeps daily for 35 to 35 days"),
        ({}, {"copy_keep_days": 401}, "keeps daily for 35 to 401 days"),
    ],
)
def test_locks_that_would_break_are_refused(change: dict[str, Any], rule: dict[str, int], told: str) -> None:
    with pytest.raises(AnsibleFilterError, match=r"^backup_lock: ") as refused:
        backup_lock(LOCK | change, {"daily": DAILY | rule}, "prod")
    assert told in str(refused.value)
