"""Automated backups as RDS describes them: restorable windows, retained ones, and copies in another region."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from rehearsal.control.overlay import Call, Refused, after, operation
from rehearsal.databases.archive import Archive
from rehearsal.databases.hooks_restores import RESTORES
from rehearsal.databases.mover import DatabaseMover

ARNS = "rds.backup_arns"
REPLICATED = "rds.replicated"
ID_LENGTH, LONGEST_RETENTION = 26, 35


def _mover(call: Call) -> DatabaseMover:
    found = call.world.movers["databases"]
    assert isinstance(found, DatabaseMover)  # noqa: S101  for the type checker: nobody else takes that name
    return found


def _time(moment: float) -> datetime:
    return datetime.fromtimestamp(int(moment), UTC)


def _arn(call: Call, region: str, archive: Archive) -> str:
    """Return the ARN of backups in a region, made when it is first asked for."""
    arns: dict[tuple[str, str], Archive] = call.world.kept(ARNS)
    for (where, arn), one in arns.items():
        if where == region and one is archive:
            return arn
    name = "ab-" + "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(ID_LENGTH))
    arn = f"arn:aws:rds:{region}:{call.account}:auto-backup:{name}"
    arns[region, arn] = archive
    return arn


@after("rds", "CreateDBInstance", "DescribeDBInstances", "ModifyDBInstance", *RESTORES)
def show_window(call: Call, response: dict[str, Any]) -> None:
    """Show when an instance was made, and to which time it can be restored."""
    single = response.get("DBInstance")
    for item in [single] if single else response.get("DBInstances", []):
        if item["Engine"] == "postgres":
            item.pop("LatestRestorableTime", None)
            made = call.world.kept("rds.created").get((call.region, item["DBInstanceIdentifier"]))
            if made:
                item["InstanceCreateTime"] = _time(made)
            archive = _mover(call).archive((call.region, item["DBInstanceIdentifier"]))
            if archive and archive.latest:
                item["LatestRestorableTime"] = _time(archive.latest)


@operation("rds", "DescribeDBInstanceAutomatedBackups")
def describe(call: Call) -> dict[str, Any]:
    """List the backups of this region, and those that are copied here."""
    return {"DBInstanceAutomatedBackups": _listed(call)}


def _listed(call: Call) -> list[dict[str, Any]]:
    params = call.params
    items = [_described(call, one) for one in _mover(call).archives if one.region == call.region]
    items += [_copied(call, source) for region, source in call.world.kept(REPLICATED) if region == call.region]
    for name in ("DbiResourceId", "DBInstanceIdentifier", "DBInstanceAutomatedBackupsArn"):
        items = [item for item in items if params.get(name) in {None, item[name]}]
    named = params.get("DbiResourceId") or params.get("DBInstanceAutomatedBackupsArn")
    if named and not items:
        raise Refused("DBInstanceAutomatedBackupNotFound", f"No automated backup found for {named}", 404)
    return list(_filtered(items, params.get("Filters", [])))


def _filtered(items: Iterable[dict[str, Any]], filters: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    fields = {"status": "Status", "db-instance-id": "DBInstanceIdentifier", "dbi-resource-id": "DbiResourceId"}
    for item in items:
        if all(item[fields[one["Name"]]] in one["Values"] for one in filters):
            yield item


def _described(call: Call, archive: Archive) -> dict[str, Any]:
    instance = archive.instance
    window = {"EarliestTime": archive.earliest, "LatestTime": archive.latest}
    status = "retained" if archive.retained else "active" if archive.latest else "creating"
    return {
        "DBInstanceArn": instance.arn,
        "DbiResourceId": instance.dbi_resource_id,
        "Region": archive.region,
        "DBInstanceIdentifier": instance.db_instance_identifier,
        "RestoreWindow": {name: _time(moment) for name, moment in window.items() if moment},
        "AllocatedStorage": instance.allocated_storage,
        "Status": status,
        "Port": instance.port,
        "MasterUsername": instance.master_username,
        "Engine": instance.engine,
        "EngineVersion": instance.engine_version,
        "Encrypted": instance.storage_encrypted,
        "StorageType": instance.storage_type,
        "KmsKeyId": instance.kms_key_id,
        "BackupRetentionPeriod": archive.days,
        "DBInstanceAutomatedBackupsArn": _arn(call, archive.region, archive),
        "DBInstanceAutomatedBackupsReplications": [
            {"DBInstanceAutomatedBackupsArn": _arn(call, region, archive)}
            for region, source in call.world.kept(REPLICATED)
            if source == instance.arn
        ],
    }


def _copied(call: Call, source: str) -> dict[str, Any]:
    copy = call.world.kept(REPLICATED)[call.region, source]
    shown = _described(call, copy["archive"])
    shown.pop("DBInstanceAutomatedBackupsReplications")
    return {
        **shown,
        "Status": "replicating" if not copy["archive"].retained else "retained",
        "BackupRetentionPeriod": copy["days"],
        "KmsKeyId": copy["key"],
        "DBInstanceAutomatedBackupsArn": _arn(call, call.region, copy["archive"]),
    }


@operation("rds", "StartDBInstanceAutomatedBackupsReplication")
def start_replication(call: Call) -> dict[str, Any]:
    """Begin to copy an instance's backups into the region of the call."""
    source = call.params["SourceDBInstanceArn"]
    region, archive = source.split(":")[3], _source(call, source)
    days = call.params.get("BackupRetentionPeriod", 7)
    if region == call.region:
        raise Refused("InvalidParameterValue", "The source and destination regions must be different.")
    if not 1 <= days <= LONGEST_RETENTION:
        raise Refused("InvalidParameterValue", f"Invalid backup retention period: {days}. Must be between 1 and 35.")
    if archive.instance.storage_encrypted and not call.params.get("KmsKeyId"):
        raise Refused("InvalidParameterCombination", "A KmsKeyId of this region is needed for an encrypted instance.")
    _check_key(call)
    there = call.world.kept(REPLICATED).get((call.region, source))
    if there and not there["archive"].retained:  # those of an instance that is gone, and had its name, do not count
        raise Refused("InvalidDBInstanceState", "Automated backups of this instance are replicated here already.")
    copy = {"archive": archive, "days": days, "key": call.params.get("KmsKeyId")}
    call.world.kept(REPLICATED)[call.region, source] = copy
    return {"DBInstanceAutomatedBackup": _copied(call, source)}


def _check_key(call: Call) -> None:
    key = call.params.get("KmsKeyId")
    try:
        if key:
            call.backend("kms").describe_key(key)
    except (AttributeError, KeyError):  # moto's, for an alias and for an id that there is not
        raise Refused("KMSKeyNotAccessibleFault", f"The KMS key {key} is not accessible in {call.region}.") from None


@operation("rds", "StopDBInstanceAutomatedBackupsReplication")
def stop_replication(call: Call) -> dict[str, Any]:
    """Copy no more."""
    source = call.params["SourceDBInstanceArn"]
    if (call.region, source) not in call.world.kept(REPLICATED):
        raise Refused("InvalidDBInstanceState", "Automated backups of this instance are not replicated here.")
    shown = _copied(call, source)
    del call.world.kept(REPLICATED)[call.region, source]
    return {"DBInstanceAutomatedBackup": shown}


def _source(call: Call, arn: str) -> Archive:
    region, name = arn.split(":")[3], arn.rsplit(":", 1)[-1]
    instance = call.world.backend("rds", region).databases.get(name)
    if instance is None:
        raise Refused("DBInstanceNotFound", f"DBInstance {name} not found.", 404)
    archive = _mover(call).archive((region, name))
    if archive is None or archive.latest is None:
        raise Refused("InvalidDBInstanceState", f"Automated backups of {name} are not available yet.")
    return archive


@after("rds", "DeleteDBInstance")
def keep_or_remove(call: Call, response: dict[str, Any]) -> None:
    """Keep the backups of an instance that goes, where the call says so; copies in other regions stay in any case."""
    del response
    archive = _mover(call).archive((call.region, call.params["DBInstanceIdentifier"]))
    if archive is None:
        return
    archive.retained = True
    if not call.params.get("DeleteAutomatedBackups", True):
        return
    copied = any(copy["archive"] is archive for copy in call.world.kept(REPLICATED).values())
    _mover(call).forget_backups(archive, with_data=not copied)


@operation("rds", "DeleteDBInstanceAutomatedBackup")
def delete(call: Call) -> dict[str, Any]:
    """Remove backups that outlived their instance."""
    params = call.params
    shown = _listed(call)
    if not shown or not (params.get("DbiResourceId") or params.get("DBInstanceAutomatedBackupsArn")):
        raise Refused("DBInstanceAutomatedBackupNotFound", "No automated backup found.", 404)
    if shown[0]["Status"] != "retained":
        raise Refused("InvalidDBInstanceAutomatedBackupState", "The automated backup is not in the retained state.")
    archive = call.world.kept(ARNS).pop((call.region, shown[0]["DBInstanceAutomatedBackupsArn"]))
    if archive in _mover(call).archives:
        _mover(call).forget_backups(archive)
    return {"DBInstanceAutomatedBackup": {**shown[0], "Status": "deleting"}}
