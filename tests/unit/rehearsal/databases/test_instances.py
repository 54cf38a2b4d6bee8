"""RDS instances are real PostgreSQL servers that behave as RDS's."""

import json
import time

import psycopg
import pytest
from botocore.exceptions import ClientError

from rehearsal.databases import hooks_states
from tests.unit.rehearsal.control.cloud import differences, name, refusal


def credentials(cloud, instance):
    arn = instance["MasterUserSecret"]["SecretArn"]
    return json.loads(cloud.secretsmanager.get_secret_value(SecretId=arn)["SecretString"])


def connect(cloud, instance, **more):
    secret = credentials(cloud, instance)
    root = cloud.world.state_dir / "ca.pem"
    root.write_text(cloud.world.authority.root_pem)
    settings = {
        "host": instance["Endpoint"]["Address"],
        "port": instance["Endpoint"]["Port"],
        "dbname": "notes",
        "user": secret["username"],
        "password": secret["password"],
        "sslmode": "verify-full",
        "sslrootcert": str(root),
        "connect_timeout": 5,
        "autocommit": True,
    }
    return psycopg.connect(**{**settings, **more})


def ask(cloud, instance, statement):
    with connect(cloud, instance) as connection:
        return connection.execute(statement).fetchone()


def test_takes_connections_before_it_is_available(cloud, monkeypatch):
    shown, open_front = [], cloud.mover.proxy.open

    def look_and_open(front):
        if front.port == port:  # clouds of one process share instances, and open each other's
            cloud.world.clock.sleep(300)
            shown.append(cloud.describe(identifier)["DBInstanceStatus"])
        open_front(front)

    identifier, port = name("db"), 5546
    monkeypatch.setattr(cloud.mover.proxy, "open", look_and_open)
    cloud.create(identifier, Port=port)
    cloud.until(identifier, "available")
    assert shown == ["creating"]


def test_takes_queries_over_verified_tls(cloud, database):
    assert ask(cloud, database, "SELECT 1") == (1,)
    assert ask(cloud, database, "SHOW server_version")[0].startswith("18.")


def test_refuses_plain_connections_with_postgresqls_words(cloud, database):
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry for host .* no encryption"):
        connect(cloud, database, sslmode="disable")


def test_master_is_no_superuser_and_can_make_roles(cloud, database):
    assert ask(cloud, database, "SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user") == (
        False,
        True,
    )
    with connect(cloud, database) as connection:
        connection.execute("CREATE ROLE someone LOGIN PASSWORD 'secret'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("ALTER SYSTEM SET work_mem = '1MB'")


def test_nobody_else_gets_in(cloud, database):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(cloud, database, password="wrong")  # noqa: S106  the point of the test
    with pytest.raises(psycopg.OperationalError, match="pg_hba"):
        connect(cloud, database, user="rdsadmin")


def test_machine_outside_of_the_network_gets_no_answer(cloud, database):
    cloud.world.store["databases.open"] = False
    try:
        with pytest.raises(psycopg.errors.ConnectionTimeout):
            connect(cloud, database, connect_timeout=2)
    finally:
        cloud.world.store["databases.open"] = True


def test_dynamic_parameters_apply_at_once_and_static_ones_after_a_reboot(cloud, database):
    identifier, group = database["DBInstanceIdentifier"], database["DBParameterGroups"][0]["DBParameterGroupName"]
    values = {"log_min_duration_statement": ("250", "immediate"), "max_connections": ("57", "pending-reboot")}
    cloud.rds.modify_db_parameter_group(
        DBParameterGroupName=group,
        Parameters=[
            {"ParameterName": key, "ParameterValue": value, "ApplyMethod": method}
            for key, (value, method) in values.items()
        ],
    )
    assert ask(cloud, database, "SHOW log_min_duration_statement") == ("250ms",)
    assert ask(cloud, database, "SHOW max_connections") == ("100",)
    assert cloud.describe(identifier)["DBParameterGroups"][0]["ParameterApplyStatus"] == "pending-reboot"
    cloud.rds.reboot_db_instance(DBInstanceIdentifier=identifier)
    found = cloud.until(identifier, "available")
    assert found["DBParameterGroups"][0]["ParameterApplyStatus"] == "in-sync"
    assert ask(cloud, database, "SHOW max_connections") == ("57",)


def test_password_rotates(cloud, database):
    before = credentials(cloud, database)
    cloud.rds.modify_db_instance(
        DBInstanceIdentifier=database["DBInstanceIdentifier"], RotateMasterUserPassword=True, ApplyImmediately=True
    )
    cloud.until(database["DBInstanceIdentifier"], "available")
    time.sleep(1)
    assert credentials(cloud, database) != before
    assert ask(cloud, database, "SELECT 1") == (1,)


def test_snapshot_brings_rows_back(cloud, database, monkeypatch):
    monkeypatch.setattr(hooks_states, "SNAPSHOT", 300.0)
    with connect(cloud, database) as connection:
        connection.execute("CREATE TABLE kept (text text)")
        connection.execute("INSERT INTO kept VALUES ('row')")
    snapshot, restored = name("snapshot"), name("restored")
    made = cloud.rds.create_db_snapshot(
        DBSnapshotIdentifier=snapshot, DBInstanceIdentifier=database["DBInstanceIdentifier"]
    )
    restore = {"DBInstanceIdentifier": restored, "DBSnapshotIdentifier": snapshot, "Port": 5545}
    assert made["DBSnapshot"]["Status"] == "creating"
    assert refusal(cloud.rds.restore_db_instance_from_db_snapshot, **restore) == "InvalidDBSnapshotState"
    cloud.world.clock.sleep(300)
    cloud.rds.restore_db_instance_from_db_snapshot(**restore)
    found = cloud.until(restored, "available")
    arn = found.get("MasterUserSecret") or database["MasterUserSecret"]
    assert ask(cloud, {**found, "MasterUserSecret": arn}, "SELECT text FROM kept") == ("row",)
    assert found["DbiResourceId"] != database["DbiResourceId"]


def test_crashed_server_comes_back_with_its_rows(cloud, database):
    identifier = database["DBInstanceIdentifier"]
    with connect(cloud, database) as connection:
        connection.execute("CREATE TABLE survives AS SELECT 1 AS one")
    cloud.mover.order_down(identifier)
    with pytest.raises(psycopg.OperationalError):
        connect(cloud, database)
    cloud.mover.order_up(identifier)
    assert ask(cloud, database, "SELECT one FROM survives") == (1,)


def test_what_is_set_is_described(cloud):
    role = cloud.iam.create_role(
        RoleName=name("monitoring"),
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "monitoring.rds.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
    )["Role"]["Arn"]
    settings = {
        "AllocatedStorage": 30,
        "MaxAllocatedStorage": 100,
        "StorageType": "gp3",
        "MultiAZ": True,
        "BackupRetentionPeriod": 14,
        "PreferredBackupWindow": "02:00-03:00",
        "PreferredMaintenanceWindow": "sun:04:00-sun:05:00",
        "AutoMinorVersionUpgrade": True,
        "CopyTagsToSnapshot": True,
        "PubliclyAccessible": False,
        "DeletionProtection": True,
        "MonitoringInterval": 60,
        "MonitoringRoleArn": role,
        "DatabaseInsightsMode": "standard",
        "KmsKeyId": cloud.key(),
        "CACertificateIdentifier": "rds-ca-rsa4096-g1",
        "EngineLifecycleSupport": "open-source-rds-extended-support-disabled",
    }
    group = cloud.group(cloud.network)
    found = cloud.instance(
        **settings,
        VpcSecurityGroupIds=[group],
        EnableIAMDatabaseAuthentication=True,
        EnablePerformanceInsights=True,
        PerformanceInsightsRetentionPeriod=7,
        EnableCloudwatchLogsExports=["postgresql", "upgrade"],
        Tags=[{"Key": "project", "Value": "slipway"}],
    )
    expected = {
        **settings,
        "Iops": 3000,
        "StorageThroughput": 125,
        "EnabledCloudwatchLogsExports": ["postgresql", "upgrade"],
        "IAMDatabaseAuthenticationEnabled": True,
        "PerformanceInsightsEnabled": True,
        "PerformanceInsightsRetentionPeriod": 7,
        "VpcSecurityGroups": [{"VpcSecurityGroupId": group, "Status": "active"}],
        "MasterUserSecret": {"SecretStatus": "active"},
        "TagList": [{"Key": "project", "Value": "slipway"}],
        "CertificateDetails": {"CAIdentifier": "rds-ca-rsa4096-g1"},
    }
    assert not differences(found, expected)
    assert refusal(cloud.rds.delete_db_instance, DBInstanceIdentifier=found["DBInstanceIdentifier"]) == (
        "InvalidParameterCombination"
    )


def test_life_of_an_instance_takes_time(cloud):
    identifier = name("db")
    assert cloud.create(identifier)["DBInstanceStatus"] == "creating"
    change = {"DBInstanceIdentifier": identifier, "BackupRetentionPeriod": 3, "ApplyImmediately": True}
    assert refusal(cloud.rds.modify_db_instance, **change) == "InvalidDBInstanceState"
    cloud.until(identifier, "available")
    cloud.rds.modify_db_instance(**change)
    assert cloud.describe(identifier)["DBInstanceStatus"] == "modifying"
    assert cloud.until(identifier, "available")["BackupRetentionPeriod"] == 3
    cloud.rds.delete_db_instance(DBInstanceIdentifier=identifier, SkipFinalSnapshot=True)
    assert cloud.describe(identifier)["DBInstanceStatus"] == "deleting"
    group = {"DBSubnetGroupName": cloud.subnet_group}
    assert refusal(cloud.rds.delete_db_subnet_group, **group) == "InvalidDBSubnetGroupStateFault"
    cloud.world.clock.sleep(600)
    assert refusal(cloud.describe, identifier=identifier) == "DBInstanceNotFound"


def test_server_that_cannot_start_says_so(cloud):
    group = name("parameters")
    cloud.rds.create_db_parameter_group(
        DBParameterGroupName=group, DBParameterGroupFamily="postgres18", Description="Wrong"
    )
    value = {"ParameterName": "max_connections", "ParameterValue": "nonsense", "ApplyMethod": "pending-reboot"}
    cloud.rds.modify_db_parameter_group(DBParameterGroupName=group, Parameters=[value])
    identifier = name("db")
    cloud.create(identifier, DBParameterGroupName=group)
    cloud.until(identifier, "incompatible-parameters")


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ({"EngineVersion": "17.1"}, "InvalidParameterCombination"),
        ({"EngineVersion": "13.20"}, "InvalidParameterCombination"),
        ({"Port": 80}, "InvalidParameterValue"),
        ({"DBSubnetGroupName": "nothing"}, "DBSubnetGroupNotFoundFault"),
        ({"DBParameterGroupName": "nothing"}, "DBParameterGroupNotFound"),
        ({"MasterUsername": "rdsadmin"}, "InvalidParameterValue"),
        ({"MasterUserPassword": "both-are-given"}, "InvalidParameterCombination"),
        ({"MonitoringInterval": 7}, "InvalidParameterValue"),
        ({"VpcSecurityGroupIds": ["sg-0123456789abcdef0"]}, "InvalidParameterValue"),
        ({"BackupRetentionPeriod": 36}, "InvalidParameterValue"),
        ({"AllocatedStorage": 5}, "InvalidParameterValue"),
    ],
)
def test_refused(cloud, setting, code):
    with pytest.raises(ClientError) as caught:
        cloud.create(name("db"), **setting)
    assert caught.value.response["Error"]["Code"] == code


@pytest.mark.parametrize("call", ["describe_db_parameter_groups", "describe_db_parameters"])
def test_a_parameter_group_that_there_is_not_is_refused(cloud, call):
    assert refusal(getattr(cloud.rds, call), DBParameterGroupName="nothing") == "DBParameterGroupNotFound"


def test_subnet_group_of_one_zone_is_refused(cloud):
    subnet = cloud.subnets(cloud.vpc())[0]
    group = {"DBSubnetGroupName": name("group"), "DBSubnetGroupDescription": "One", "SubnetIds": [subnet]}
    assert refusal(cloud.rds.create_db_subnet_group, **group) == "DBSubnetGroupDoesNotCoverEnoughAZs"
