"""Snapshots before changes: when, under which name, how many, and what happens when one fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adapters.rds_db_instance import risk
from ansible_collections.slipway.aws.plugins.plugin_utils.change_snapshot import ChangeSnapshots, snapshot_name, words
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.compare import Change
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from tests.unit.adapters.converging import REGION, Converge

INSTANCE = "rds_db_instance.main"
Client = Callable[[str], Any]


def database(**properties: Any) -> list[dict[str, Any]]:
    common = {
        "DBInstanceIdentifier": "test",
        "DBInstanceClass": "db.t4g.micro",
        "Engine": "postgres",
        "EngineVersion": "17",
        "AllocatedStorage": 20,
        "MasterUsername": "slipway_admin",
        "ManageMasterUserPassword": True,
        "ApplyImmediately": True,
        "SkipFinalSnapshot": True,
        "ChangeSnapshotsKept": 2,
    }
    return [{"type": "rds_db_instance", "name": "main", "properties": {**common, **properties}}]


def taken(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    return sorted(found, key=lambda one: str(one["SnapshotCreateTime"]))


def tags(snapshot: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in snapshot["TagList"]}


def test_a_risky_change_comes_after_a_snapshot(converge: Converge, client: Client) -> None:
    converge(database())
    bigger = database(DBInstanceClass="db.t4g.large", AllocatedStorage=30)
    planned = converge(bigger, check=True)
    told = planned.outcomes[INSTANCE].as_diff()["after"]
    assert told["Snapshot"] == "taken before db instance class, allocated storage"
    assert planned.changed == {INSTANCE: {"DBInstanceClass", "AllocatedStorage"}}
    assert taken(client) == []
    converge(bigger)
    (snapshot,) = taken(client)
    assert snapshot["DBSnapshotIdentifier"].startswith("test-20")
    assert snapshot["DBSnapshotIdentifier"].endswith("-before-db-instance-class-allocated-storage")
    assert tags(snapshot)["snapshot_before"] == "db instance class allocated storage"
    assert tags(snapshot)["environment"] == "test"
    assert converge(bigger).changed == {}


@pytest.mark.parametrize("harmless", [{"BackupRetentionPeriod": 3}, {"DeletionProtection": True}])
def test_other_changes_take_none(converge: Converge, client: Client, harmless: dict[str, Any]) -> None:
    converge(database())
    assert converge(database(**harmless)).changed == {INSTANCE: set(harmless)}
    assert taken(client) == []


def test_without_the_property_none_is_taken(converge: Converge, client: Client) -> None:
    entries = [{**one, "properties": dict(one["properties"])} for one in database()]
    del entries[0]["properties"]["ChangeSnapshotsKept"]
    converge(entries)
    entries[0]["properties"]["AllocatedStorage"] = 30
    assert converge(entries).changed == {INSTANCE: {"AllocatedStorage"}}
    assert taken(client) == []


def test_the_oldest_of_ours_go(converge: Converge, client: Client) -> None:
    converge(database())
    client("rds").create_db_snapshot(DBInstanceIdentifier="test", DBSnapshotIdentifier="by-hand")
    snapshots = ChangeSnapshots(Cloud(REGION), "test", 2, {})
    first, *newer = [snapshots.take(reason) for reason in ("one", "two", "three")]
    assert {one["DBSnapshotIdentifier"] for one in taken(client)} == {"by-hand", *newer}
    assert first not in newer


def test_a_snapshot_that_fails_stops_before_the_change(
    converge: Converge, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    converge(database())
    monkeypatch.setattr(ChangeSnapshots, "_status", lambda *_: "failed")
    run = converge(database(AllocatedStorage=30), fails=True)
    assert "failed, so nothing was changed" in run.failures[0]
    assert client("rds").describe_db_instances()["DBInstances"][0]["AllocatedStorage"] == 20


@pytest.mark.parametrize("keep", [0, 101])
def test_the_number_kept_is_checked(aws: None, keep: int) -> None:
    del aws
    with pytest.raises(ConvergeError, match=f"change_snapshots_kept is {keep}; allowed are 1 to 100"):
        ChangeSnapshots(Cloud(REGION), "test", keep, {})


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        ("contract web 1.4.2", "shop-20261127-190800-before-contract-web-1-4-2"),
        ("engine version, reboot", "shop-20261127-190800-before-engine-version-reboot"),
    ],
)
def test_names_are_what_rds_takes(reason: str, name: str) -> None:
    assert snapshot_name("shop", reason, 1795806480) == name
    assert len(snapshot_name("shop", reason * 40, 1795806480)) <= 255


def test_reasons_are_told_in_words() -> None:
    changes = {"ParameterApplyStatus": Change("pending-reboot", "in-sync"), "EngineVersion": Change("17.7", "18")}
    assert risk(changes) == "engine version, reboot"
    assert risk({"Tags": Change({}, {})}) == ""
    assert words("DBParameterGroupName") == "db parameter group name"
