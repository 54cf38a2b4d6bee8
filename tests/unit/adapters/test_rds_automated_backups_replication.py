"""Copies of backups in another region, and instances from them, in the local cloud: moto has no automated backups."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from tests.unit.adapters.converging import Converge, Run
from tests.unit.docs.rendered import ROOT

KEY, RESTORED = "rds_automated_backups_replication.main", "rds_db_instance.main"
HOME = "us-west-2"
#: Real seconds in which a small instance has its first backup.
PATIENCE = 90


@pytest.fixture(autouse=True)
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def source(local_cloud: dict[str, str]) -> Iterator[str]:
    """Return the ARN of an instance in another region than the tests', with a backup."""
    session: Any = boto3.session.Session("test", "test", region_name=HOME)
    rds = session.client("rds", endpoint_url=local_cloud["AWS_ENDPOINT_URL"])
    instance = rds.create_db_instance(
        DBInstanceIdentifier="copied", DBInstanceClass="db.t4g.micro", Engine="postgres", EngineVersion="18",
        AllocatedStorage=20, MasterUsername="someone", ManageMasterUserPassword=True, StorageEncrypted=True,
        BackupRetentionPeriod=7,
    )["DBInstance"]  # fmt: skip
    deadline = time.monotonic() + PATIENCE
    while "LatestRestorableTime" not in rds.describe_db_instances(DBInstanceIdentifier="copied")["DBInstances"][0]:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    yield instance["DBInstanceArn"]
    rds.delete_db_instance(DBInstanceIdentifier="copied", SkipFinalSnapshot=True)


def copies(source: str, days: int = 7) -> list[dict[str, Any]]:
    properties = {"SourceDBInstanceArn": source, "BackupRetentionPeriod": days, "KmsKeyId": "alias/aws/rds"}
    return [{"type": "rds_automated_backups_replication", "name": "main", "properties": properties}]


def test_lives(converge: Converge, source: str) -> None:
    converge.lives(copies(source))
    converge(copies(source), absent=True)


def test_other_days_begin_anew(converge: Converge, client: Callable[[str], Any], source: str) -> None:
    converge(copies(source), absent=True)

    def drift(run: Run) -> None:
        del run
        rds = client("rds")
        rds.stop_db_instance_automated_backups_replication(SourceDBInstanceArn=source)
        rds.start_db_instance_automated_backups_replication(
            SourceDBInstanceArn=source, SourceRegion=HOME, BackupRetentionPeriod=3, KmsKeyId="alias/aws/rds"
        )

    converge.mends(copies(source), drift, {KEY: {"BackupRetentionPeriod"}})
    converge(copies(source), absent=True)


def restored(source: str, **properties: Any) -> dict[str, Any]:
    """Return an instance as a role declares one, from the copies."""
    common = {
        "DBInstanceIdentifier": "standby", "DBInstanceClass": "db.t4g.small", "Engine": "postgres",
        "EngineVersion": "18", "AllocatedStorage": 20, "MaxAllocatedStorage": 20, "StorageEncrypted": True,
        "KmsKeyId": "alias/of-this-region", "MasterUsername": "someone", "ManageMasterUserPassword": True, "Port": 5433,
        "BackupRetentionPeriod": 3, "PreferredMaintenanceWindow": "sun:03:30-sun:04:30", "DeletionProtection": False,
        "EnablePerformanceInsights": True, "PerformanceInsightsRetentionPeriod": 7, "ApplyImmediately": True,
        "EnableCloudwatchLogsExports": ["postgresql"], "SkipFinalSnapshot": True, "DeleteAutomatedBackups": True,
        "RestoredFrom": source,
    }  # fmt: skip
    return {"type": "rds_db_instance", "name": "main", "properties": {**common, **properties}}


def test_an_instance_begins_with_the_copies_and_is_left_alone(converge: Converge, source: str) -> None:
    converge(copies(source))
    made = converge([restored(source)])
    assert made.calls["rds.restore_db_instance_to_point_in_time"] == 1
    assert made.calls["rds.create_db_instance"] == 0
    assert made.state(RESTORED)["MasterUserSecret"]["SecretArn"]
    assert converge([restored(source)]).changed == {}
    assert converge([restored(f"{source}-other")], check=True).changed == {}
    assert converge([restored(source, DBInstanceClass="db.t4g.micro")]).changed == {RESTORED: {"DBInstanceClass"}}
    converge([*copies(source), restored(source)], absent=True)


def test_what_was_not_copied_is_named_before_anything_is_made(converge: Converge, source: str) -> None:
    missing = f"{source}-other"
    run = converge([restored(missing)], fails=True)
    assert f"RestoredFrom is {missing}, of which us-east-1 has no copies" in run.outcomes[RESTORED].message
    assert run.calls["rds.restore_db_instance_to_point_in_time"] == 0


def test_the_role_restores_where_an_environment_says_so() -> None:
    source = "arn:aws:rds:us-west-2:123456789012:db:slipway-prod"
    wanted = [["prod", more, [], ["database"]] for more in ({}, {"database_restored_from": source})]
    command = [sys.executable, "tools/rendered.py", json.dumps(wanted)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = [one for host in json.loads(told) for one in host["database"] if one["type"] == "rds_db_instance"]
    new, from_copies = (one["properties"] for one in found)
    assert {**new, "RestoredFrom": source} == from_copies
    assert "RestoredFrom" not in new
