"""Vaults, plans and restore tests of AWS Backup, in the local cloud: moto has neither selections nor restore tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ansible_collections.slipway.aws.plugins.plugin_utils.adapters.backup_vault import BackupVault
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError, Resource
from tests.unit.adapters.converging import Converge, Entry, Run

VAULT, PLAN, SELECTION = "backup_vault.main", "backup_plan.main", "backup_selection.main"
TEST, TESTED = "backup_restore_testing_plan.main", "backup_restore_testing_selection.main"
DATABASE = "arn:aws:rds:us-east-1:123456789012:db:kept"
DENY = {"Effect": "Deny", "Principal": "*", "Action": ["backup:DeleteRecoveryPoint"], "Resource": "*"}
NAMED = "${backup_restore_testing_plan.main.RestoreTestingPlan.RestoreTestingPlanName}"
GOVERNED = {"MinRetentionDays": 7, "MaxRetentionDays": 365}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
Client = Callable[[str], Any]


@pytest.fixture(autouse=True)
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


def vault(**changes: Any) -> Entry:
    policy = {"Version": "2012-10-17", "Statement": [DENY]}
    properties = {"BackupVaultName": "kept", "Policy": policy, "Lock": GOVERNED, "EmptyOnDelete": True, **changes}
    return {"type": "backup_vault", "name": "main", "properties": properties}


def rule(name: str, days: int, *copies: str) -> dict[str, Any]:
    return {
        "RuleName": name,
        "TargetBackupVaultName": "${backup_vault.main.BackupVaultName}",
        "ScheduleExpression": "cron(0 6 * * ? *)",
        "Lifecycle": {"DeleteAfterDays": days},
        "CopyActions": [{"DestinationBackupVaultArn": arn, "Lifecycle": {"DeleteAfterDays": days}} for arn in copies],
    }


def everything(*rules: dict[str, Any], hours: int = 4, arn: str = DATABASE) -> list[Entry]:
    plan = {"BackupPlanName": "kept", "Rules": list(rules) or [rule("daily", 35), rule("monthly", 365)]}
    selected = {"SelectionName": "database", "IamRoleArn": "${iam_role.backup.Arn}", "Resources": [arn]}
    test = {
        "RestoreTestingPlanName": "kept",
        "ScheduleExpression": "cron(0 9 ? * SUN *)",
        "StartWindowHours": hours,
        "RecoveryPointSelection": {
            "Algorithm": "LATEST_WITHIN_WINDOW",
            "IncludeVaults": ["${backup_vault.main.BackupVaultArn}"],
            "RecoveryPointTypes": ["SNAPSHOT"],
        },
    }
    tested = {
        "RestoreTestingSelectionName": "database",
        "ProtectedResourceType": "RDS",
        "ProtectedResourceArns": [arn],
        "IamRoleArn": "${iam_role.backup.Arn}",
        "ValidationWindowHours": hours,
    }
    given = {
        "iam_role": ("backup", {"RoleName": "kept-backup", "AssumeRolePolicyDocument": TRUST}),
        "backup_plan": ("main", {"BackupPlan": plan}),
        "backup_selection": ("main", {"BackupPlanId": "${backup_plan.main.BackupPlanId}", "BackupSelection": selected}),
        "backup_restore_testing_plan": ("main", {"RestoreTestingPlan": test}),
        "backup_restore_testing_selection": (
            "main",
            {
                "RestoreTestingPlanName": NAMED,
                "RestoreTestingSelection": tested,
            },
        ),
    }
    return [vault(), *({"type": kind, "name": name, "properties": each} for kind, (name, each) in given.items())]


def test_lives(converge: Converge) -> None:
    converge.lives(everything())
    converge(everything(), absent=True)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ([vault(Lock={})], {VAULT: {"Lock"}}),
        ([vault(Lock={**GOVERNED, "ChangeableForDays": 3})], {VAULT: {"Lock"}}),
        ([vault(Policy={"Version": "2012-10-17", "Statement": [{**DENY, "Sid": "Other"}]})], {VAULT: {"Policy"}}),
        (everything(rule("daily", 34), rule("monthly", 365)), {PLAN: {"BackupPlan"}}),
        (
            everything(rule("daily", 35, "arn:aws:backup:us-west-2:123456789012:backup-vault:a"), rule("monthly", 365)),
            {PLAN: {"BackupPlan"}},
        ),
        (everything(arn=DATABASE + "2"), {SELECTION: {"BackupSelection"}, TESTED: {"RestoreTestingSelection"}}),
        (everything(hours=5), {TEST: {"RestoreTestingPlan"}, TESTED: {"RestoreTestingSelection"}}),
    ],
)
def test_what_drifted_is_mended(converge: Converge, changed: list[Entry], expected: dict[str, set[str]]) -> None:
    converge(everything(), absent=True)

    def drift(run: Run) -> None:
        del run
        converge(changed)

    converge.mends(everything(), drift, expected)
    converge(everything(), absent=True)


def test_the_order_of_rules_means_nothing(converge: Converge) -> None:
    converge(everything(rule("a", 30), rule("b", 60)))
    assert converge(everything(rule("b", 60), rule("a", 30))).changed == {}
    converge(everything(), absent=True)


@pytest.fixture
def held(client: Client, converge: Converge) -> str:
    """Return the ARN of a recovery point in the vault."""
    converge(everything())
    rds, name = client("rds"), DATABASE.rpartition(":")[2]
    if not any(one["DBInstanceIdentifier"] == name for one in rds.describe_db_instances()["DBInstances"]):
        rds.create_db_instance(
            DBInstanceIdentifier=name, DBInstanceClass="db.t4g.micro", Engine="mysql", AllocatedStorage=20,
            MasterUsername="someone", MasterUserPassword="long enough",
        )  # fmt: skip
    made = client("backup").start_backup_job(
        BackupVaultName="kept", ResourceArn=DATABASE, IamRoleArn="arn:aws:iam::123456789012:role/kept-backup",
        Lifecycle={"DeleteAfterDays": 30},
    )  # fmt: skip
    return str(made["RecoveryPointArn"])


def test_a_vault_that_holds_something_is_kept_and_says_until_when(converge: Converge, held: str) -> None:
    assert held
    run = converge([vault(EmptyOnDelete=False)], absent=True)
    until = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    assert run.actions == {VAULT: "kept"}
    assert f"kept holds 1 recovery points, the last until {until}; declare EmptyOnDelete: true" in str(
        run.outcomes[VAULT].as_result()
    )
    converge(everything(), absent=True)


def test_lock_and_policy_forbid_to_delete_what_is_held_until_removal_lifts_them(
    converge: Converge, client: Client, held: str
) -> None:
    backup, point = client("backup"), {"BackupVaultName": "kept", "RecoveryPointArn": held}
    with pytest.raises(ClientError, match="kept is locked"):
        backup.delete_recovery_point(**point)
    converge([vault(Lock={})])
    with pytest.raises(ClientError, match="denies backup:DeleteRecoveryPoint"):
        backup.delete_recovery_point(**point)
    assert converge(everything(), absent=True).actions[VAULT] == "deleted"
    assert "kept" not in json.dumps(backup.list_backup_vaults(), default=str)


def test_a_lock_that_holds_for_good_is_neither_changed_nor_emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    past = datetime(2026, 1, 2, tzinfo=UTC)
    ends = [{"CalculatedLifecycle": {"DeleteAt": datetime(2027, 3, day, tzinfo=UTC)}} for day in (4, 5)]
    monkeypatch.setattr(BackupVault, "_points", lambda *_: ends)
    state = {"BackupVaultName": "kept", "LockDate": past, "NumberOfRecoveryPoints": 2, **GOVERNED, "Lock": GOVERNED}
    adapter, resource = BackupVault(None), Resource("backup_vault", "main", vault()["properties"])  # type: ignore[arg-type]
    told = "kept holds 2 recovery points, the last until 2027-03-05; its lock holds for good since 2026-01-02"
    assert adapter.keeps(resource, state) == told
    with pytest.raises(ConvergeError, match="kept was locked for good on 2026-01-02; declare Lock as it is"):
        adapter.update(resource, {**state, "BackupVaultArn": "a"}, {"Lock": (GOVERNED, {})})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (rule("a b", 30), "Invalid rule name"),
        (rule("daily", 0), "Invalid lifecycle"),
        ({**rule("daily", 30), "ScheduleExpression": "cron(0 6 * *)"}, "Invalid schedule expression"),
        ({**rule("daily", 30), "StartWindowMinutes": 30}, "Start window"),
        (rule("daily", 30, "arn:aws:s3:::a"), "Invalid vault"),
    ],
)
def test_the_local_cloud_refuses_rules_that_aws_refuses(converge: Converge, wrong: dict[str, Any], told: str) -> None:
    run = converge(everything(wrong), fails=True)
    assert told in str(run.failures)
    converge(everything(), absent=True)
