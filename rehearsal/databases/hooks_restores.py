"""Restores: a new instance with the data of a snapshot or of a point in time, and RDS's defaults for what is not named.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from botocore import xform_name

from rehearsal.control.overlay import Call, Refused, before, operation
from rehearsal.databases.archive import Archive, Origin
from rehearsal.databases.mover import DatabaseMover
from rehearsal.world import ITSELF

RESTORES = ("RestoreDBInstanceFromDBSnapshot", "RestoreDBInstanceToPointInTime")
#: What a restored instance has of its source, whatever the call says.
KEPT = (
    "engine",
    "engine_version",
    "master_username",
    "db_name",
    "storage_encrypted",
    "kms_key_id",
    "preferred_maintenance_window",
)
#: What it has of its source where the call does not name it. All else is at RDS's defaults: one zone, the default
#: parameter and security group, no protection, no monitoring, no exported logs, no IAM authentication.
INHERITED = (
    "db_instance_class",
    "port",
    "storage_type",
    "allocated_storage",
    "iops",
    "storage_throughput",
    "license_model",
    "auto_minor_version_upgrade",
    "backup_retention_period",
    "preferred_backup_window",
    "tags",
)
#: Parameters of the calls that are no settings of the new instance.
SOURCES = ("SourceDBInstanceIdentifier", "SourceDbiResourceId", "SourceDBInstanceAutomatedBackupsArn")
HOW = {*SOURCES, "DBSnapshotIdentifier", "TargetDBInstanceIdentifier", "RestoreTime", "UseLatestRestorableTime"}


def _mover(call: Call) -> DatabaseMover:
    found = call.world.movers["databases"]
    assert isinstance(found, DatabaseMover)  # noqa: S101  for the type checker: nobody else takes that name
    return found


@before("rds", "RestoreDBInstanceToPointInTime")
def name_target(call: Call) -> None:
    """Have the new instance's name where the other calls have it."""
    call.params["DBInstanceIdentifier"] = call.params["TargetDBInstanceIdentifier"]


@before("rds", *RESTORES)
def refuse_managed_password(call: Call) -> None:
    """Refuse what is for Oracle alone, and a name that is taken."""
    if call.params.get("ManageMasterUserPassword") or call.params.get("MasterUserSecretKmsKeyId"):
        raise Refused(
            "InvalidParameterCombination",
            "ManageMasterUserPassword isn't supported for restoring a DB instance with the engine postgres.",
        )
    if call.params["DBInstanceIdentifier"].lower() in call.backend().databases:
        raise Refused("DBInstanceAlreadyExists", "DB instance already exists")


@operation("rds", "RestoreDBInstanceFromDBSnapshot")
def from_snapshot(call: Call) -> dict[str, Any] | None:
    """Restore the data of a snapshot."""
    name = call.params["DBSnapshotIdentifier"]
    snapshot = call.backend().get_db_snapshot(name)
    if snapshot.engine != "postgres":
        return None
    path = _mover(call).snapshots / snapshot.db_snapshot_identifier
    if not path.is_dir():
        raise Refused("InvalidDBSnapshotState", f"The DB snapshot {name} is not in the available state.")
    return _restored(call, snapshot.database, Origin(path))


@operation("rds", "RestoreDBInstanceToPointInTime")
def to_point_in_time(call: Call) -> dict[str, Any]:
    """Restore the data as it was at a moment."""
    archive = _archive(call)
    return _restored(call, archive.instance, archive.origin(_moment(call, archive)), **_key_of_copies(call, archive))


def _key_of_copies(call: Call, archive: Archive) -> dict[str, str]:
    """Return the key that an instance has which is restored from copies in the call's region: that of the copies."""
    for (region, _), copy in call.world.kept("rds.replicated").items():
        if region == call.region and copy["archive"] is archive and copy["key"]:
            return {"kms_key_id": str(call.backend("kms").describe_key(copy["key"]).arn)}
    return {}


def _archive(call: Call) -> Archive:
    """Return the automated backups that the call names in one of three ways."""
    named = [name for name in SOURCES if call.params.get(name)]
    if len(named) != 1:
        raise Refused("InvalidParameterCombination", f"Exactly one of {', '.join(SOURCES)} must be specified.")
    mover, value = _mover(call), call.params[named[0]]
    if named[0] == "SourceDBInstanceAutomatedBackupsArn":
        return _found(call.world.kept("rds.backup_arns").get((call.region, value)), value)
    if named[0] == "SourceDbiResourceId":
        here = [one for one in mover.archives if one.region == call.region]
        return _found(next((one for one in here if one.instance.dbi_resource_id == value), None), value)
    if value not in call.backend().databases:
        raise Refused("DBInstanceNotFound", f"DBInstance {value} not found.", 404)
    if not call.backend().databases[value].backup_retention_period:
        raise Refused("PointInTimeRestoreNotEnabled", f"Point In Time Restore is not enabled for instance {value}")
    return _found(mover.archive((call.region, value)), value)


def _found(archive: Archive | None, name: str) -> Archive:
    if archive is None:
        raise Refused("DBInstanceAutomatedBackupNotFound", f"No automated backup found for {name}", 404)
    return archive


def _moment(call: Call, archive: Archive) -> float:
    """Return the virtual moment to restore to."""
    latest, earliest = archive.latest, archive.earliest
    wanted: datetime | None = call.params.get("RestoreTime")
    if (wanted is None) == (not call.params.get("UseLatestRestorableTime")):
        raise Refused(
            "InvalidParameterCombination", "Exactly one of RestoreTime and UseLatestRestorableTime must be specified."
        )
    name = archive.instance.db_instance_identifier
    if latest is None or earliest is None:
        raise Refused("InvalidDBInstanceState", f"{name} has no automated backup yet.")
    moment = latest if wanted is None else wanted.replace(tzinfo=wanted.tzinfo or UTC).timestamp()
    if moment > latest:
        raise _outside(name, "later", latest)
    if moment < earliest:
        raise _outside(name, "earlier", earliest)
    return moment


def _outside(name: str, word: str, bound: float) -> Refused:
    shown = datetime.fromtimestamp(bound, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Refused(
        "InvalidParameterValue",
        f"The specified instance cannot be restored to a time {word} than {shown} because {name} is not backed up to "
        "that time.",
    )


def _restored(call: Call, source: Any, origin: Origin, **own: str) -> dict[str, Any]:
    """Make the instance, and describe it."""
    key = (call.region, call.params["DBInstanceIdentifier"].lower())
    given = {xform_name(name): value for name, value in call.params.items() if name not in HOW}
    kept = {name: getattr(source, name) for name in KEPT}
    inherited = {name: getattr(source, name) for name in INHERITED if getattr(source, name, None) is not None}
    settings = {**inherited, **given, **kept, **own, "vpc_security_group_ids": _groups(call)}
    # moto wants one; the data has its own.
    settings["master_user_password"] = secrets.token_urlsafe(24)
    for name in ("rds.kept.DBInstanceIdentifier", "rds.passwords"):
        call.world.kept(name).pop(key, None)
    call.world.kept("rds.regions")[call.region] = True
    call.world.kept("rds.restored")[key] = origin
    call.world.kept("rds.created")[key] = call.world.clock.now()
    call.backend().create_db_instance(settings)
    client = call.world.boto("rds", call.region, key=ITSELF)
    answer = client.describe_db_instances(DBInstanceIdentifier=key[1])
    return {"DBInstance": answer["DBInstances"][0]}


def _groups(call: Call) -> list[str]:
    """Return the security groups that are named, or the default one of the subnet group's network."""
    named: list[str] = call.params.get("VpcSecurityGroupIds") or []
    if named:
        return named
    group = call.backend().subnet_groups.get(call.params.get("DBSubnetGroupName", ""))
    found = call.backend("ec2").get_default_security_group(group.vpc_id if group else None)
    return [found.id]
