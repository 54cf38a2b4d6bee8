"""A change of an instance leaves a snapshot with the rows from before it."""

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adapters._rds_state import SERVING
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud as Aws
from ansible_collections.slipway.aws.plugins.plugin_utils.engine import Engine
from ansible_collections.slipway.aws.plugins.plugin_utils.outcome import failures
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import parse
from tests.unit.rehearsal.control.cloud import REGION, called, name
from tests.unit.rehearsal.databases.test_instances import connect


@pytest.fixture
def aws(cloud, monkeypatch):
    called(cloud.world, monkeypatch)
    return Aws(REGION)


def converge(aws, identifier, **changed):
    properties = {
        "DBInstanceIdentifier": identifier,
        "DBInstanceClass": "db.t4g.micro",
        "Engine": "postgres",
        "ApplyImmediately": True,
        "ChangeSnapshotsKept": 1,
    }
    entry = {"type": "rds_db_instance", "name": "main", "properties": properties | changed}
    engine = Engine(aws, Outputs(aws, "/slipway/test"), check=False, progress=lambda _: None)
    (outcome,) = engine.run([parse(entry, {"project": "slipway"})])
    assert not failures([outcome])
    return outcome


def rows(cloud, instance):
    with connect(cloud, instance) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM kept ORDER BY text DESC")]


def test_the_snapshot_before_a_change_has_the_rows_of_then(cloud, aws):
    one = cloud.instance(Port=5611, Tags=[{"Key": "project", "Value": "slipway"}])
    with connect(cloud, one) as connection:
        connection.execute("CREATE TABLE kept (text text)")
        connection.execute("INSERT INTO kept VALUES ('before')")
    outcome = converge(aws, one["DBInstanceIdentifier"], AllocatedStorage=30)
    assert set(outcome.after) == {"AllocatedStorage"}
    assert outcome.precautions == {"Snapshot": "taken before allocated storage"}
    with connect(cloud, one) as connection:
        connection.execute("INSERT INTO kept VALUES ('after')")
    named = {"DBInstanceIdentifier": one["DBInstanceIdentifier"], "SnapshotType": "manual"}
    (snapshot,) = cloud.rds.describe_db_snapshots(**named)["DBSnapshots"]
    restored = name("from-snapshot")
    cloud.rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier=restored, DBSnapshotIdentifier=snapshot["DBSnapshotIdentifier"], Port=5612
    )
    there = cloud.until(restored, *SERVING)
    assert rows(cloud, {**there, "MasterUserSecret": one["MasterUserSecret"]}) == ["before"]
    assert rows(cloud, one) == ["before", "after"]
