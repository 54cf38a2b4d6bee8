from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from moto.rds.models import rds_backends

from ansible_collections.slipway.aws.plugins.plugin_utils.adapter import adapter_class
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from tests.unit.adapters.converging import REGION, Converge

INSTANCE = "rds_db_instance.main"
GROUP = "rds_db_parameter_group.main"
SUBNETS = "rds_db_subnet_group.main"


@pytest.fixture
def subnets(client: Callable[[str], Any]) -> list[str]:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = {"us-east-1a": "10.0.0.0/24", "us-east-1b": "10.0.1.0/24", "us-east-1c": "10.0.2.0/24"}
    made = [ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone) for zone, cidr in zones.items()]
    return [answer["Subnet"]["SubnetId"] for answer in made]


def subnet_group(subnets: list[str]) -> dict[str, Any]:
    properties = {"DBSubnetGroupName": "test", "DBSubnetGroupDescription": "Test", "SubnetIds": subnets[:2]}
    return {"type": "rds_db_subnet_group", "name": "main", "properties": properties}


PARAMETER_GROUP: dict[str, Any] = {
    "type": "rds_db_parameter_group",
    "name": "main",
    "properties": {
        "DBParameterGroupName": "test-postgres17",
        "DBParameterGroupFamily": "postgres17",
        "Description": "Test",
    },
}


def instance(**properties: Any) -> dict[str, Any]:
    common = {
        "DBInstanceIdentifier": "test",
        "DBInstanceClass": "db.t4g.micro",
        "Engine": "postgres",
        "EngineVersion": "17",
        "AllocatedStorage": 20,
        "StorageType": "gp3",
        "StorageEncrypted": True,
        "MultiAZ": True,
        "DBSubnetGroupName": "${rds_db_subnet_group.main.DBSubnetGroupName}",
        "DBParameterGroupName": "${rds_db_parameter_group.main.DBParameterGroupName}",
        "PubliclyAccessible": False,
        "Port": 5433,
        "DBName": "platform",
        "MasterUsername": "slipway_admin",
        "ManageMasterUserPassword": True,
        "EnableIAMDatabaseAuthentication": True,
        "BackupRetentionPeriod": 7,
        "PreferredBackupWindow": "02:00-02:30",
        "PreferredMaintenanceWindow": "Sun:03:30-Sun:04:30",
        "CopyTagsToSnapshot": True,
        "AutoMinorVersionUpgrade": True,
        "EnableCloudwatchLogsExports": ["postgresql", "upgrade"],
        "DeletionProtection": False,
        "ApplyImmediately": True,
        "SkipFinalSnapshot": True,
    }
    return {"type": "rds_db_instance", "name": "main", "properties": {**common, **properties}}


@pytest.fixture
def database(subnets: list[str]) -> list[dict[str, Any]]:
    return [subnet_group(subnets), PARAMETER_GROUP, instance()]


def test_lives(converge: Converge, database: list[dict[str, Any]]) -> None:
    converge.lives(database)


DRIFTS: list[tuple[str, dict[str, Any]]] = [
    ("DBInstanceClass", {"DBInstanceClass": "db.t4g.large"}),
    ("AllocatedStorage", {"AllocatedStorage": 50}),
    ("MultiAZ", {"MultiAZ": False}),
    ("BackupRetentionPeriod", {"BackupRetentionPeriod": 1}),
    ("PreferredBackupWindow", {"PreferredBackupWindow": "05:00-05:30"}),
    ("PreferredMaintenanceWindow", {"PreferredMaintenanceWindow": "mon:07:00-mon:08:00"}),
    ("EnableIAMDatabaseAuthentication", {"EnableIAMDatabaseAuthentication": False}),
    ("PubliclyAccessible", {"PubliclyAccessible": True}),
    ("AutoMinorVersionUpgrade", {"AutoMinorVersionUpgrade": False}),
    ("CopyTagsToSnapshot", {"CopyTagsToSnapshot": False}),
    ("DeletionProtection", {"DeletionProtection": True}),
    ("EnableCloudwatchLogsExports", {"CloudwatchLogsExportConfiguration": {"DisableLogTypes": ["upgrade"]}}),
]


@pytest.mark.parametrize(("changed", "parameters"), DRIFTS)
def test_mends_the_instance(
    converge: Converge,
    client: Callable[[str], Any],
    database: list[dict[str, Any]],
    changed: str,
    parameters: dict[str, Any],
) -> None:
    def drift(_run: object) -> None:
        client("rds").modify_db_instance(DBInstanceIdentifier="test", ApplyImmediately=True, **parameters)

    converge.mends(database, drift, {INSTANCE: {changed}})


@pytest.mark.parametrize(
    ("key", "arn"), [(INSTANCE, "DBInstanceArn"), (GROUP, "DBParameterGroupArn"), (SUBNETS, "DBSubnetGroupArn")]
)
def test_mends_tags(
    converge: Converge, client: Callable[[str], Any], database: list[dict[str, Any]], key: str, arn: str
) -> None:
    def drift(run: Any) -> None:
        name = run.state(key)[arn]
        client("rds").add_tags_to_resource(ResourceName=name, Tags=[{"Key": "foreign", "Value": "x"}])
        client("rds").remove_tags_from_resource(ResourceName=name, TagKeys=["project"])

    converge.mends(database, drift, {key: {"Tags"}})


def test_finds_other_subnets(converge: Converge, subnets: list[str]) -> None:
    # moto loses a group that it modifies, so the mending is tested against the local cloud.
    converge([subnet_group(subnets)])
    assert converge([subnet_group(list(reversed(subnets[:2])))], check=True).changed == {}
    assert converge([subnet_group(subnets[1:])], check=True).changed == {SUBNETS: {"SubnetIds"}}


def test_keeps_a_protected_instance(converge: Converge, subnets: list[str]) -> None:
    entries = [subnet_group(subnets), PARAMETER_GROUP, instance(DeletionProtection=True)]
    converge(entries)
    run = converge(entries, absent=True, check=True)
    assert run.actions[INSTANCE] == "kept"
    assert "DeletionProtection: false" in run.outcomes[INSTANCE].message


def test_lifts_a_protection_that_is_declared_off(converge: Converge, subnets: list[str]) -> None:
    converge([subnet_group(subnets), PARAMETER_GROUP, instance(DeletionProtection=True)])
    entries = [subnet_group(subnets), PARAMETER_GROUP, instance(DeletionProtection=False)]
    assert set(converge(entries, absent=True).actions.values()) == {"deleted"}


def test_leaves_a_final_snapshot(converge: Converge, client: Callable[[str], Any], subnets: list[str]) -> None:
    entries = [subnet_group(subnets), PARAMETER_GROUP, instance(SkipFinalSnapshot=False)]
    converge(entries)
    converge(entries, absent=True)
    names = [item["DBSnapshotIdentifier"] for item in client("rds").describe_db_snapshots()["DBSnapshots"]]
    assert len([name for name in names if name.startswith("test-final-")]) == 1


def test_refuses_a_major_upgrade_that_was_not_allowed(converge: Converge, database: list[dict[str, Any]]) -> None:
    converge(database)
    run = converge([*database[:2], instance(EngineVersion="18")], fails=True)
    assert "AllowMajorVersionUpgrade: true" in run.failures[0]


def stands(status: str) -> None:
    """Have the instance be in another state, as no call brings it about."""
    rds_backends["123456789012"][REGION].databases["test"].status = status


@pytest.mark.parametrize("status", ["stopped", "failed", "storage-full"])
def test_tells_at_once_of_an_instance_that_takes_no_changes(
    status: str, converge: Converge, database: list[dict[str, Any]]
) -> None:
    converge(database)
    stands(status)
    run = converge([*database[:2], instance(BackupRetentionPeriod=9)], fails=True)
    assert f"test is {status}; mend or start it, then run again" in run.failures[0]


def test_one_that_is_full_gets_more_storage_without_a_snapshot_that_rds_refuses(
    converge: Converge, client: Callable[[str], Any], database: list[dict[str, Any]]
) -> None:
    converge(database)
    stands("storage-full")
    more = instance(AllocatedStorage=100, ChangeSnapshotsKept=2)
    converge([*database[:2], more], fails=True)  # it stays full here
    (found,) = client("rds").describe_db_instances()["DBInstances"]
    assert found["AllocatedStorage"] == 100
    assert client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"] == []


def test_refuses_another_master_user(converge: Converge, database: list[dict[str, Any]]) -> None:
    converge(database)
    run = converge([*database[:2], instance(MasterUsername="other")], fails=True)
    assert "MasterUsername is 'slipway_admin' and AWS cannot change it" in run.failures[0]


@pytest.mark.parametrize(
    ("status", "serves"),
    [
        ("available", True),
        ("storage-initialization", True),
        ("storage-optimization", True),
        ("backing-up", True),
        ("configuring-enhanced-monitoring", True),
        ("configuring-iam-database-auth", False),
        ("modifying", False),
    ],
)
def test_others_use_an_instance_that_serves(aws: None, status: str, serves: bool) -> None:
    del aws
    adapter = adapter_class("rds_db_instance")(Cloud(REGION))
    assert adapter.ready({"DBInstanceStatus": status, "ParameterApplyStatus": "in-sync"}) is serves
