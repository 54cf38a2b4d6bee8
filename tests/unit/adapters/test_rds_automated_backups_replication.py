"""Copies of backups in another region, in the local cloud: moto has no automated backups."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from tests.unit.adapters.converging import Converge, Run

KEY = "rds_automated_backups_replication.main"
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
