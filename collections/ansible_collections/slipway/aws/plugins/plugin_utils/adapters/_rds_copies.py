"""Copies that RDS made of another region's automated backups, and a restore from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..adapter import only
from ..cloud import Cloud
from ..models import service_model
from ..resource import ConvergeError

RESTORE = "RestoreDBInstanceToPointInTime"
#: What a restore of PostgreSQL refuses, and a size that the source may have outgrown; they follow as changes.
AFTERWARDS = ("ManageMasterUserPassword", "MasterUserSecretKmsKeyId", "DBName", "AllocatedStorage")


def restoration(cloud: Cloud, source: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request for an instance with the newest data that was copied into the region of the task.

    Args:
        cloud: the account and region.
        source: ARN of the instance that was copied; it may be gone.
        wanted: properties of the new instance. Those that a restore does not take are left out.

    Raises:
        ConvergeError: nothing was copied.
    """
    model = service_model("rds").operation_model(RESTORE)
    taken = set(model.input_shape.members) - set(AFTERWARDS)  # type: ignore[union-attr]
    return {
        **only(wanted, taken),
        "TargetDBInstanceIdentifier": wanted["DBInstanceIdentifier"],
        "SourceDBInstanceAutomatedBackupsArn": _newest(cloud, source)["DBInstanceAutomatedBackupsArn"],
        "UseLatestRestorableTime": True,
    }


def newest_copies(cloud: Cloud, source: str) -> dict[str, Any] | None:
    """Return the copies that lead furthest: an instance that was made anew under its name has several.

    Args:
        cloud: the account, and the region that has the copies.
        source: ARN of the instance that was copied.
    """
    listed = cloud.pages("rds", "describe_db_instance_automated_backups", "DBInstanceAutomatedBackups")
    found = [one for one in listed if one["DBInstanceArn"] == source and one.get("RestoreWindow", {}).get("LatestTime")]
    return max(found, key=lambda one: one["RestoreWindow"]["LatestTime"]) if found else None


def _newest(cloud: Cloud, source: str) -> dict[str, Any]:
    newest = newest_copies(cloud, source)
    if newest is None:
        raise ConvergeError(
            f"RestoredFrom is {source}, of which {cloud.region} has no copies; name an instance whose"
            " database_backup_copy_region is this region, or wait for its first copy"
        )
    return newest
