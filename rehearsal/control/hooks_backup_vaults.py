"""Vaults of AWS Backup: their policies and recovery points, which moto lacks, and what a lock refuses."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from rehearsal.control.backups import POINT_TAGS, missing, points, vault, wrong
from rehearsal.control.overlay import Call, Refused, after, before, operation
from rehearsal.control.policies import listed, well_formed

POLICIES = "backup.policies"


def _key(call: Call) -> tuple[str, str]:
    return call.region, call.params["BackupVaultName"]


@before("backup", "CreateBackupVault")
def check_key(call: Call) -> None:
    """Refuse a key that this region does not have."""
    arn = call.params.get("EncryptionKeyArn")
    if arn and arn.rpartition("/")[2] not in call.backend("kms").keys:
        raise wrong(f"The key {arn} does not exist in {call.region}.")


@before("backup", "DeleteBackupVault")
def check_empty(call: Call) -> None:
    """Refuse to delete a vault that is not there, or that holds anything."""
    name = call.params["BackupVaultName"]
    if points(call, name):
        raise Refused("InvalidRequestException", f"Backup vault {name} cannot be deleted: it contains recovery points.")


@after("backup", "DeleteBackupVault")
def forget_policy(call: Call, response: dict[str, Any]) -> None:
    """Forget the policy with its vault."""
    del response
    call.world.kept(POLICIES).pop(_key(call), None)


@operation("backup", "PutBackupVaultAccessPolicy")
def put_policy(call: Call) -> dict[str, Any]:
    """Keep a policy of a vault."""
    vault(call, call.params["BackupVaultName"])
    well_formed(call.params["Policy"], wrong("The specified policy document is not valid JSON."))
    call.world.kept(POLICIES)[_key(call)] = call.params["Policy"]
    return {}


@operation("backup", "GetBackupVaultAccessPolicy")
def get_policy(call: Call) -> dict[str, Any]:
    """Return the policy of a vault."""
    found = vault(call, call.params["BackupVaultName"])
    policy = call.world.kept(POLICIES).get(_key(call))
    if policy is None:
        raise missing(f"Access policy of {found.backup_vault_name}")
    return {
        "BackupVaultName": found.backup_vault_name,
        "BackupVaultArn": found.backup_vault_arn,
        "Policy": policy,
    }


@operation("backup", "DeleteBackupVaultAccessPolicy")
def delete_policy(call: Call) -> dict[str, Any]:
    """Forget the policy of a vault."""
    get_policy(call)
    del call.world.kept(POLICIES)[_key(call)]
    return {}


@operation("backup", "StartBackupJob")
def start_job(call: Call) -> dict[str, Any]:
    """Make a recovery point of a database at once, with its tags; nothing can be restored from it.

    Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/tags-on-backups.html
    """
    params, now = call.params, datetime.now(UTC)
    held = points(call, params["BackupVaultName"])
    source = params["ResourceArn"]
    database = call.backend("rds").databases.get(source.rpartition(":")[2])
    if database is None:
        raise missing(f"Resource {source}")
    days = params.get("Lifecycle", {}).get("DeleteAfterDays")
    _check_days(vault(call, params["BackupVaultName"]), days)
    number = str(uuid.uuid4())
    arn = f"arn:aws:rds:{call.region}:{call.account}:snapshot:awsbackup:job-{number}"
    held[arn] = _point(call, arn, source, now, days)
    call.world.kept(POINT_TAGS)[call.region, arn] = {tag["Key"]: tag["Value"] for tag in database.get_tags()}
    _count(call)
    return {"BackupJobId": number, "RecoveryPointArn": arn, "CreationDate": now}


def _check_days(found: Any, days: int | None) -> None:
    least, most = found.min_retention_days, found.max_retention_days
    if found.locked and ((least and days is not None and days < least) or (most and (days is None or days > most))):
        raise wrong(f"Retention of {days} days is outside of what the lock of {found.backup_vault_name} admits.")


def _point(call: Call, arn: str, source: str, now: datetime, days: int | None) -> dict[str, Any]:
    found = vault(call, call.params["BackupVaultName"])
    end = {"CalculatedLifecycle": {"DeleteAt": now + timedelta(days=days)}} if days else {}
    return {
        "RecoveryPointArn": arn,
        "BackupVaultName": found.backup_vault_name,
        "BackupVaultArn": found.backup_vault_arn,
        "ResourceArn": source,
        "ResourceType": "RDS",
        "IamRoleArn": call.params["IamRoleArn"],
        "Status": "COMPLETED",
        "CreationDate": now,
        "EncryptionKeyArn": found.encryption_key_arn,
        "IsEncrypted": call.backend("rds").databases[source.rpartition(":")[2]].storage_encrypted,
        **end,
    }


def _count(call: Call) -> None:
    name = call.params["BackupVaultName"]
    vault(call, name).num_of_recovery_points = len(points(call, name))


@operation("backup", "ListRecoveryPointsByBackupVault")
def list_points(call: Call) -> dict[str, Any]:
    """List what a vault holds."""
    return {"RecoveryPoints": list(points(call, call.params["BackupVaultName"]).values())}


@operation("backup", "DeleteRecoveryPoint")
def delete_point(call: Call) -> dict[str, Any]:
    """Delete a recovery point, unless a lock or a policy forbids it."""
    name, arn = call.params["BackupVaultName"], call.params["RecoveryPointArn"]
    held = points(call, name)
    if arn not in held:
        raise missing(f"Recovery point {arn}")
    if vault(call, name).locked:
        raise Refused("InvalidRequestException", f"Recovery point {arn} cannot be deleted: {name} is locked.")
    policy = call.world.kept(POLICIES).get((call.region, name), '{"Statement": []}')
    for statement in well_formed(policy, wrong("unreadable")):
        if statement["Effect"] == "Deny" and "backup:DeleteRecoveryPoint" in listed(statement["Action"]):
            raise Refused("AccessDeniedException", f"The policy of {name} denies backup:DeleteRecoveryPoint.", 403)
    del held[arn]
    _count(call)
    return {}
