"""Instances that are stopped keep their rows, refuse everything else, and are started again after a week."""

import psycopg
import pytest

from rehearsal.databases import mover
from tests.unit.rehearsal.control.cloud import refusal
from tests.unit.rehearsal.databases.test_instances import connect


@pytest.fixture(scope="module")
def stopped(cloud):
    one = cloud.instance(Port=5621)
    with connect(cloud, one) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    answer = cloud.rds.stop_db_instance(DBInstanceIdentifier=one["DBInstanceIdentifier"])
    assert answer["DBInstance"]["DBInstanceStatus"] == "stopping"
    cloud.until(one["DBInstanceIdentifier"], "stopped")
    return one


def rows(cloud, one):
    with connect(cloud, one) as connection:
        return connection.execute("SELECT one FROM kept").fetchall()


def test_stopped_it_answers_nobody_and_takes_no_change(cloud, stopped):
    named = {"DBInstanceIdentifier": stopped["DBInstanceIdentifier"]}
    with pytest.raises(psycopg.OperationalError):
        rows(cloud, stopped)
    for call, more in (
        (cloud.rds.modify_db_instance, {"AllocatedStorage": 30}),
        (cloud.rds.reboot_db_instance, {}),
        (cloud.rds.stop_db_instance, {}),
        (cloud.rds.create_db_snapshot, {"DBSnapshotIdentifier": "of-stopped"}),
    ):
        assert refusal(call, **named, **more) == "InvalidDBInstanceState"


def test_started_it_has_its_rows(cloud, stopped):
    identifier = stopped["DBInstanceIdentifier"]
    answer = cloud.rds.start_db_instance(DBInstanceIdentifier=identifier)
    assert answer["DBInstance"]["DBInstanceStatus"] == "starting"
    cloud.until(identifier, "available")
    assert rows(cloud, stopped) == [(1,)]
    assert refusal(cloud.rds.start_db_instance, DBInstanceIdentifier=identifier) == "InvalidDBInstanceState"


def test_rds_starts_it_by_itself_after_seven_days(cloud, stopped, monkeypatch):
    assert mover.LONGEST_STOP == 7 * 24 * 3600
    identifier = stopped["DBInstanceIdentifier"]
    cloud.rds.stop_db_instance(DBInstanceIdentifier=identifier)
    cloud.until(identifier, "stopped")
    monkeypatch.setattr(mover, "LONGEST_STOP", 600.0)
    cloud.until(identifier, "available")
    assert rows(cloud, stopped) == [(1,)]
