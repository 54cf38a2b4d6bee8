"""Whether a control of the database and its backups holds."""

from __future__ import annotations

from collections.abc import Mapping

from ._described import WORLD, Description, Holds, tagged

BACKUP_DAYS = 7
POSTGRESQL = 5432


def leads_to_internet(route: Description) -> bool:
    """Say whether a route leads from anywhere through an internet gateway, as RDS.46 asks.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-46
    """
    to = {route.get("DestinationCidrBlock"), route.get("DestinationIpv6CidrBlock")}
    return bool(WORLD & to) and str(route.get("GatewayId")).startswith("igw-")


DATABASES: Mapping[str, Holds] = {
    "RDS.1": lambda one: not one["Public"],
    "RDS.2": lambda one: not one["PubliclyAccessible"],
    "RDS.3": lambda one: bool(one["StorageEncrypted"]),
    "RDS.4": lambda one: bool(one["Encrypted"]),
    "RDS.5": lambda one: bool(one["MultiAZ"]),
    "RDS.6": lambda one: bool(one.get("MonitoringInterval")),
    "RDS.8": lambda one: bool(one["DeletionProtection"]),
    "RDS.9": lambda one: {"postgresql", "upgrade"} <= set(one.get("EnabledCloudwatchLogsExports", [])),
    "RDS.10": lambda one: bool(one["IAMDatabaseAuthenticationEnabled"]),
    "RDS.11": lambda one: one["BackupRetentionPeriod"] >= BACKUP_DAYS,
    "RDS.13": lambda one: bool(one["AutoMinorVersionUpgrade"]),
    "RDS.17": lambda one: bool(one["CopyTagsToSnapshot"]),
    "RDS.18": lambda one: bool(one["DBSubnetGroup"]["VpcId"]),
    "RDS.20": lambda one: (
        {"maintenance", "configuration change", "failure"} <= set(one["sources"].get("db-instance", []))
    ),
    "RDS.21": lambda one: {"configuration change"} <= set(one["sources"].get("db-parameter-group", [])),
    "RDS.22": lambda one: {"configuration change", "failure"} <= set(one["sources"].get("db-security-group", [])),
    "RDS.23": lambda one: one["Endpoint"]["Port"] != POSTGRESQL,
    "RDS.25": lambda one: one["MasterUsername"] not in ("admin", "postgres"),
    "RDS.26": lambda one: one["DBInstanceArn"] in one["Planned"],
    "RDS.36": lambda one: "postgresql" in one.get("EnabledCloudwatchLogsExports", []),
    "RDS.38": lambda one: str(one.get("rds.force_ssl")) == "1",
    "RDS.46": lambda one: not any(leads_to_internet(route) for route in one["Routes"]),
    "Backup.1": lambda one: bool(one.get("IsEncrypted")),
    "Backup.2": tagged,
    "Backup.3": tagged,
    "Backup.5": tagged,
}
