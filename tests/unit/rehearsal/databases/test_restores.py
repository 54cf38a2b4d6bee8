"""Point-in-time restores: the rows of that moment and no others, RDS's defaults for the rest, and what it refuses."""

import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adapters._rds_state import SERVING
from tests.unit.rehearsal.control.cloud import differences, name, refusal
from tests.unit.rehearsal.databases.test_instances import ask, connect, credentials

#: Virtual seconds between two uploads of the log.
UPLOAD = 300


def now(cloud):
    return datetime.fromtimestamp(cloud.world.clock.now(), UTC)


def restorable(cloud, identifier, moment=None):
    """Wait until an instance can be restored, to a moment if one is given."""
    deadline = time.monotonic() + 90
    long_ago = datetime.fromtimestamp(0, UTC)
    while cloud.describe(identifier).get("LatestRestorableTime", long_ago) <= (moment or long_ago):
        assert time.monotonic() < deadline, cloud.describe(identifier)
        time.sleep(0.1)
    return cloud.describe(identifier)["LatestRestorableTime"]


def restore(cloud, source, **more):
    target = name("restored")
    settings = {"TargetDBInstanceIdentifier": target, "SourceDBInstanceIdentifier": source}
    made = cloud.rds.restore_db_instance_to_point_in_time(**{**settings, **more})["DBInstance"]
    assert made["DBInstanceStatus"] == "creating"
    return cloud.until(target, *SERVING)


@pytest.fixture(scope="module")
def source(cloud):
    """An instance with a row before a moment and one after it."""
    settings = {
        "MultiAZ": True,
        "BackupRetentionPeriod": 9,
        "DeletionProtection": True,
        "EnableIAMDatabaseAuthentication": True,
        "EnableCloudwatchLogsExports": ["postgresql"],
        "CopyTagsToSnapshot": True,
        "EnablePerformanceInsights": True,
        "DBParameterGroupName": "of-source",
        "Tags": [{"Key": "project", "Value": "slipway"}],
    }
    cloud.rds.create_db_parameter_group(
        DBParameterGroupName="of-source", DBParameterGroupFamily="postgres18", Description="Of tests"
    )
    one = cloud.instance(**settings, VpcSecurityGroupIds=[cloud.group(cloud.network, "of-source")])
    restorable(cloud, one["DBInstanceIdentifier"])
    with connect(cloud, one) as connection:
        connection.execute("CREATE TABLE events (text text)")
        connection.execute("INSERT INTO events VALUES ('before')")
        cloud.world.clock.sleep(30)
        one["moment"] = now(cloud)
        cloud.world.clock.sleep(30)
        connection.execute("INSERT INTO events VALUES ('after')")
    restorable(cloud, one["DBInstanceIdentifier"], one["moment"] + timedelta(seconds=60))
    return one


def rows(cloud, instance, source):
    with connect(cloud, {**instance, "MasterUserSecret": source["MasterUserSecret"]}) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM events ORDER BY text DESC")]


def test_rows_before_the_moment_are_there_and_rows_after_it_are_not(cloud, source):
    restored = restore(cloud, source["DBInstanceIdentifier"], RestoreTime=source["moment"], Port=5601)
    assert rows(cloud, restored, source) == ["before"]
    assert restored["DbiResourceId"] != source["DbiResourceId"]


def test_the_latest_moment_has_all_rows(cloud, source):
    restored = restore(cloud, source["DBInstanceIdentifier"], UseLatestRestorableTime=True, Port=5602)
    assert rows(cloud, restored, source) == ["before", "after"]


def test_the_storage_is_filled_while_it_serves(cloud, source):
    restored = restore(cloud, source["DBInstanceIdentifier"], RestoreTime=source["moment"], Port=5611)
    assert restored["DBInstanceStatus"] == "storage-initialization"
    stop = {"DBInstanceIdentifier": restored["DBInstanceIdentifier"]}
    assert refusal(cloud.rds.stop_db_instance, **stop) == "InvalidDBInstanceState"
    assert rows(cloud, restored, source) == ["before"]


def test_what_is_not_named_is_at_its_default(cloud, source):
    restored = restore(cloud, source["DBInstanceIdentifier"], RestoreTime=source["moment"], Port=5603)
    assert "MasterUserSecret" not in restored
    defaults = {
        "MultiAZ": False,
        "DeletionProtection": False,
        "IAMDatabaseAuthenticationEnabled": False,
        "CopyTagsToSnapshot": False,
        "PerformanceInsightsEnabled": None,
        "DBParameterGroups": [{"DBParameterGroupName": "default.postgres18"}],
        "BackupRetentionPeriod": 9,
        "StorageEncrypted": True,
        "TagList": [{"Key": "project", "Value": "slipway"}],
        "EngineVersion": source["EngineVersion"],
    }
    assert not differences(restored, defaults)
    assert not restored.get("EnabledCloudwatchLogsExports")
    assert (
        restored["VpcSecurityGroups"][0]["VpcSecurityGroupId"] != (source["VpcSecurityGroups"][0]["VpcSecurityGroupId"])
    )


def test_a_managed_password_is_attached_afterwards(cloud, source):
    restored = restore(cloud, source["DBInstanceIdentifier"], RestoreTime=source["moment"], Port=5604)
    identifier = restored["DBInstanceIdentifier"]
    change = {"DBInstanceIdentifier": identifier, "ManageMasterUserPassword": True, "ApplyImmediately": True}
    cloud.rds.modify_db_instance(**change)
    managed = cloud.until(identifier, *SERVING)
    time.sleep(1)
    assert ask(cloud, managed, "SELECT text FROM events") == ("before",)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        rows(cloud, restored, source)


def test_a_restored_instance_can_be_restored_in_turn(cloud, source):
    first = restore(cloud, source["DBInstanceIdentifier"], RestoreTime=source["moment"], Port=5605)
    with connect(cloud, {**first, "MasterUserSecret": source["MasterUserSecret"]}) as connection:
        connection.execute("INSERT INTO events VALUES ('afterwards')")
    restorable(cloud, first["DBInstanceIdentifier"], now(cloud))
    second = restore(cloud, first["DBInstanceIdentifier"], UseLatestRestorableTime=True, Port=5606)
    assert rows(cloud, second, source) == ["before", "afterwards"]


def test_the_window_moves_on_while_nothing_is_written(cloud, source):
    identifier = source["DBInstanceIdentifier"]
    first = cloud.describe(identifier)["LatestRestorableTime"]
    second = restorable(cloud, identifier, first)
    assert now(cloud) - second < timedelta(seconds=3 * UPLOAD + 3 * cloud.world.clock.scale)


def test_what_cannot_be_restored_is_refused(cloud, source):
    identifier = source["DBInstanceIdentifier"]
    base = {"TargetDBInstanceIdentifier": name("refused"), "SourceDBInstanceIdentifier": identifier}
    point = {"RestoreTime": source["moment"]}
    call = cloud.rds.restore_db_instance_to_point_in_time
    hour = timedelta(hours=1)
    assert refusal(call, **base) == "InvalidParameterCombination"
    assert refusal(call, **base, **point, UseLatestRestorableTime=True) == "InvalidParameterCombination"
    assert refusal(call, **base, RestoreTime=now(cloud) + hour) == "InvalidParameterValue"
    assert refusal(call, **base, RestoreTime=source["moment"] - 9 * hour) == "InvalidParameterValue"
    assert refusal(call, **base, **point, ManageMasterUserPassword=True) == "InvalidParameterCombination"
    assert refusal(call, **{**base, **point, "SourceDBInstanceIdentifier": "nobody"}) == "DBInstanceNotFound"
    assert refusal(call, **{**base, **point, "TargetDBInstanceIdentifier": identifier}) == "DBInstanceAlreadyExists"


def test_without_retention_there_is_no_point_in_time(cloud):
    one = cloud.instance(BackupRetentionPeriod=0, Port=5607)
    base = {"TargetDBInstanceIdentifier": name("refused"), "SourceDBInstanceIdentifier": one["DBInstanceIdentifier"]}
    call = cloud.rds.restore_db_instance_to_point_in_time
    assert refusal(call, **base, UseLatestRestorableTime=True) == "PointInTimeRestoreNotEnabled"
    assert "LatestRestorableTime" not in one
    found = cloud.rds.describe_db_instance_automated_backups(DBInstanceIdentifier=one["DBInstanceIdentifier"])
    assert found["DBInstanceAutomatedBackups"] == []


def test_backups_outlive_their_instance_when_told_to(cloud, source):
    one = cloud.instance(Port=5608)
    identifier = one["DBInstanceIdentifier"]
    with connect(cloud, one) as connection:
        connection.execute("CREATE TABLE events AS SELECT 'kept' AS text")
    login = credentials(cloud, one)
    restorable(cloud, identifier, now(cloud))
    cloud.rds.delete_db_instance(DBInstanceIdentifier=identifier, SkipFinalSnapshot=True, DeleteAutomatedBackups=False)
    cloud.world.clock.sleep(200)
    found = cloud.rds.describe_db_instance_automated_backups(DbiResourceId=one["DbiResourceId"])
    assert found["DBInstanceAutomatedBackups"][0]["Status"] == "retained"
    target = {"TargetDBInstanceIdentifier": name("restored"), "SourceDbiResourceId": one["DbiResourceId"]}
    cloud.rds.restore_db_instance_to_point_in_time(**target, UseLatestRestorableTime=True, Port=5609)
    restored = cloud.until(target["TargetDBInstanceIdentifier"], *SERVING)
    restored = {**restored, "MasterUserSecret": source["MasterUserSecret"]}
    with connect(cloud, restored, user=login["username"], password=login["password"]) as connection:
        assert connection.execute("SELECT text FROM events").fetchall() == [("kept",)]
    cloud.rds.delete_db_instance_automated_backup(DbiResourceId=one["DbiResourceId"])
    assert refusal(cloud.rds.describe_db_instance_automated_backups, DbiResourceId=one["DbiResourceId"]) == (
        "DBInstanceAutomatedBackupNotFound"
    )


def test_backups_are_replicated_into_another_region_and_restored_there(cloud, source):
    other = cloud.session.client("rds", region_name="eu-west-1", endpoint_url=cloud.world.endpoint)
    base = {"SourceDBInstanceArn": source["DBInstanceArn"], "BackupRetentionPeriod": 3}
    assert refusal(other.start_db_instance_automated_backups_replication, **base) == "InvalidParameterCombination"
    kms = cloud.session.client("kms", region_name="eu-west-1", endpoint_url=cloud.world.endpoint)
    key, alias = kms.create_key()["KeyMetadata"], f"alias/{name('key')}"
    missing = {**base, "KmsKeyId": alias}
    assert refusal(other.start_db_instance_automated_backups_replication, **missing) == "KMSKeyNotAccessibleFault"
    kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
    base["KmsKeyId"] = alias
    made = other.start_db_instance_automated_backups_replication(**base)["DBInstanceAutomatedBackup"]
    assert made["Status"] == "replicating"
    assert refusal(other.start_db_instance_automated_backups_replication, **base) == "InvalidDBInstanceState"
    target = {
        "TargetDBInstanceIdentifier": name("restored"),
        "SourceDBInstanceAutomatedBackupsArn": made["DBInstanceAutomatedBackupsArn"],
        "RestoreTime": source["moment"],
        "Port": 5610,
    }
    other.restore_db_instance_to_point_in_time(**target)
    identifier, deadline = target["TargetDBInstanceIdentifier"], time.monotonic() + 90
    while True:
        found = other.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]
        if found["DBInstanceStatus"] in SERVING:
            break
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    assert rows(cloud, found, source) == ["before"]
    assert found["KmsKeyId"] == key["Arn"]
    other.stop_db_instance_automated_backups_replication(SourceDBInstanceArn=source["DBInstanceArn"])
    left = other.describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]  # the restored one has its own
    assert made["DBInstanceAutomatedBackupsArn"] not in {one["DBInstanceAutomatedBackupsArn"] for one in left}
