"""Values that RDS refuses when an instance is made or changed."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, before
from rehearsal.databases.hooks_restores import RESTORES

#: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
INTERVALS = (0, 1, 5, 10, 15, 30, 60)
LONGEST_RETENTION, SMALLEST_STORAGE = 35, 20
RESERVED = frozenset({"admin", "rdsadmin", "public"})


def _refuse(text: str) -> Refused:
    return Refused("InvalidParameterValue", text)


@before("rds", "CreateDBInstance", "ModifyDBInstance", *RESTORES)
def check(call: Call) -> None:
    """Refuse what RDS refuses of a PostgreSQL instance."""
    params = call.params
    if params.get("Engine", "postgres") == "postgres":
        _check_sizes(params)
        _check_master(params)
        _check_groups(call, params.get("VpcSecurityGroupIds", []))


def _check_sizes(params: dict[str, Any]) -> None:
    interval = params.get("MonitoringInterval", 0)
    if interval not in INTERVALS:
        raise _refuse(f"Invalid monitoring interval {interval}. Must be one of {INTERVALS}.")
    retention = params.get("BackupRetentionPeriod", 1)
    if not 0 <= retention <= LONGEST_RETENTION:
        raise _refuse(f"Invalid backup retention period: {retention}. Must be between 0 and {LONGEST_RETENTION}.")
    storage = params.get("AllocatedStorage", SMALLEST_STORAGE)
    if storage < SMALLEST_STORAGE:
        kind = params.get("StorageType", "gp2")
        raise _refuse(f"Invalid storage size for engine name postgres and storage type {kind}: {storage}")


def _check_master(params: dict[str, Any]) -> None:
    user = params.get("MasterUsername", "")
    if user.lower() in RESERVED or user.lower().startswith("pg_"):
        raise _refuse(f"MasterUsername {user} cannot be used as it is a reserved word used by the engine")
    if params.get("ManageMasterUserPassword") and "MasterUserPassword" in params:
        raise Refused(
            "InvalidParameterCombination",
            "You can't specify MasterUserPassword when the master user password is managed in Secrets Manager.",
        )


def _check_groups(call: Call, groups: list[str]) -> None:
    for group in groups:
        if call.backend("ec2").get_security_group_from_id(group) is None:
            raise _refuse(f"Invalid security group , groupId= {group}, groupName=.")
