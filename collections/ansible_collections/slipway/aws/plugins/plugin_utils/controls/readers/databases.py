"""The database and its backups (RDS, AWS Backup)."""

from __future__ import annotations

from collections.abc import Iterator

from ...adapters._tagging import tags_by_arn
from ...cloud import Cloud
from ._found import Data, Found, Outputs, by_name
from .network import of_network


def database(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the database."""
    name = outputs["database/instance_id"]
    listed = cloud.cached(
        ("database", name),
        lambda: cloud.read("rds", "describe_db_instances", DBInstanceIdentifier=name)["DBInstances"],
    )
    yield from ((one["DBInstanceIdentifier"], one) for one in listed)


def database_parameters(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the values of the database's parameter group."""
    for _, found in database(cloud, outputs):
        group = found["DBParameterGroups"][0]["DBParameterGroupName"]
        listed = cloud.pages("rds", "describe_db_parameters", "Parameters", DBParameterGroupName=group)
        yield group, {one["ParameterName"]: one.get("ParameterValue") for one in listed}


def database_routes(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the database with the routes of its subnets; a subnet without a table of its own has the main one."""
    tables = of_network(cloud, outputs, "describe_route_tables", "RouteTables")
    by_subnet = {one.get("SubnetId"): table["Routes"] for table in tables for one in table["Associations"]}
    for name, found in database(cloud, outputs):
        subnets = [one["SubnetIdentifier"] for one in found["DBSubnetGroup"]["Subnets"]]
        yield name, {"Routes": [route for one in subnets for route in by_subnet.get(one, by_subnet[None])]}


def snapshot(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the database's snapshots. Only one without encryption can be public, so only then RDS is asked.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.Public.html
    """
    name = outputs["database/instance_id"]
    listed = cloud.pages("rds", "describe_db_snapshots", "DBSnapshots", DBInstanceIdentifier=name)
    bare = any(not one["Encrypted"] for one in listed)
    public = _public_snapshots(cloud, name) if bare else set()
    yield from ((one["DBSnapshotIdentifier"], {**one, "Public": one["DBSnapshotArn"] in public}) for one in listed)


def _public_snapshots(cloud: Cloud, database_name: str) -> set[str]:
    wanted = {"DBInstanceIdentifier": database_name, "SnapshotType": "public", "IncludePublic": True}
    return {one["DBSnapshotArn"] for one in cloud.pages("rds", "describe_db_snapshots", "DBSnapshots", **wanted)}


def event_subscriptions(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield all subscriptions of the environment's topic, together."""
    topic_arn = outputs["notifications/topic_arn"]
    listed = cloud.pages("rds", "describe_event_subscriptions", "EventSubscriptionsList")
    ours = [one for one in listed if one["SnsTopicArn"] == topic_arn and one["Enabled"]]
    yield "all", {"sources": {one["SourceType"]: one.get("EventCategoriesList", []) for one in ours}}


def planned_database(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the database with what AWS Backup's plan selects."""
    planned = list(_planned(cloud, outputs["backup/plan_id"])) if "backup/plan_id" in outputs else []
    yield from ((name, {**found, "Planned": planned}) for name, found in database(cloud, outputs))


def _planned(cloud: Cloud, plan: str) -> Iterator[str]:
    for one in cloud.pages("backup", "list_backup_selections", "BackupSelectionsList", BackupPlanId=plan):
        number = {"BackupPlanId": plan, "SelectionId": one["SelectionId"]}
        yield from cloud.read("backup", "get_backup_selection", **number)["BackupSelection"].get("Resources", [])


def backup_plan(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield AWS Backup's plan with its tags."""
    if "backup/plan_id" in outputs:
        place, number = outputs["backup/vault_arn"].rpartition(":backup-vault:")[0], outputs["backup/plan_id"]
        yield number, _tagged(cloud, f"{place}:backup-plan:{number}")


def backup_vault(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the vault with its tags."""
    if "backup/vault_arn" in outputs:
        arn = outputs["backup/vault_arn"]
        yield arn.rpartition(":")[2], _tagged(cloud, arn)


def _tagged(cloud: Cloud, arn: str) -> Data:
    return {"Tags": cloud.read("backup", "list_tags", ResourceArn=arn).get("Tags", {})}


def recovery_point(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield what the vault holds, with tags, which AWS Backup does not tell of snapshots of RDS.

    Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListTags.html
    """
    if "backup/vault_arn" in outputs:
        vault, operation = outputs["backup/vault_arn"].rpartition(":")[2], "list_recovery_points_by_backup_vault"
        listed = cloud.pages("backup", operation, "RecoveryPoints", BackupVaultName=vault)
        tags = tags_by_arn(cloud, [one["RecoveryPointArn"] for one in listed])
        for one in listed:
            arn = one["RecoveryPointArn"]
            yield arn.rpartition(":")[2], {**one, "Tags": tags.get(arn, {})}


DATABASES = by_name(
    database, database_parameters, database_routes, snapshot, event_subscriptions, planned_database, backup_plan,
    backup_vault, recovery_point,
)  # fmt: skip
