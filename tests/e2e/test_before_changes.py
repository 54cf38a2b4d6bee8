"""What may lose data is preceded by a snapshot: a change of the database, and a migration that contracts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.conftest import Stand
from tests.e2e.environment import Environment
from tests.e2e.releases import another_version, push, release, version

DATABASE = "slipway-dev"


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Iterator[Environment]:
    environment = stand("dev")
    push("1.1.0", "1.2.0")
    yield environment
    for one in snapshots(environment):
        environment.client("rds").delete_db_snapshot(DBSnapshotIdentifier=one["DBSnapshotIdentifier"])


def snapshots(dev: Environment) -> list[dict[str, Any]]:
    found = dev.client("rds").describe_db_snapshots(DBInstanceIdentifier=DATABASE, SnapshotType="manual")
    return sorted(found["DBSnapshots"], key=lambda one: str(one["DBSnapshotIdentifier"]))


def test_the_plan_names_it_and_the_run_takes_it(dev: Environment) -> None:
    bigger = json.dumps({"database_allocated_storage_gib": 60, "database_apply_immediately": True})
    planned = dev.playbook("playbooks/plan.yml", "--limit", "database", "-e", bigger)
    assert "Snapshot: taken before allocated storage" in planned.said
    assert "dollars a month" in planned.said
    assert snapshots(dev) == []
    dev.playbook("site.yml", "--limit", "database", "-e", bigger)
    (one,) = snapshots(dev)
    assert one["DBSnapshotIdentifier"].endswith("-before-allocated-storage")
    tags = {tag["Key"]: tag["Value"] for tag in one["TagList"]}
    assert tags["snapshot_before"] == "allocated storage"
    assert tags["environment"] == "dev"
    # As if RDS had grown it by itself, which is allowed to it.
    assert dev.playbook("site.yml", "--limit", "database").changed == {}


def test_a_migration_that_contracts_comes_after_it(dev: Environment) -> None:
    there, wanted = {one["DBSnapshotIdentifier"] for one in snapshots(dev)}, another_version(dev)
    contract = {"service_migration": "contract", "service_contract_from": version(dev), "retry": True}
    at_once = json.dumps({**contract, "release_strategy": "all_at_once"})
    told = dev.playbook("playbooks/release_plan.yml", "-e", "service=web", "-e", f"image_tag={wanted}", "-e", at_once)
    assert "after a snapshot of the database" in told.said
    release(dev, wanted, "-e", at_once)
    assert version(dev) == wanted
    (new,) = {one["DBSnapshotIdentifier"] for one in snapshots(dev)} - there
    assert new.endswith(f"-before-contract-web-{wanted.replace('.', '-')}")
    assert len(snapshots(dev)) <= dev.data["change_snapshots_kept"]
