"""What the role backup declares for prod, converged as it is in both regions, and what the report says of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.controls import report
from tests.unit.adapters import converging
from tests.unit.adapters.converging import REGION, Converge
from tests.unit.docs.rendered import ROOT

ABROAD = "us-west-2"
NEEDED = ("keys", "notifications")
DATABASE = "slipway-prod"
PUBLISHED = {"database/instance_id": DATABASE, "network/database_security_group_id": "sg-1"}


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud, which refuses what AWS refuses."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


@cache
def prod() -> dict[str, list[dict[str, Any]]]:
    """Return what every component declares for prod, published where these tests look for outputs."""
    command = [sys.executable, "tools/rendered.py", '[["prod", {}]]']
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found: list[dict[str, list[dict[str, Any]]]] = json.loads(told.replace("/slipway/prod/", "/slipway/test/"))
    return found[0]


def others() -> list[dict[str, Any]]:
    """Return what other components publish."""
    return [
        {
            "type": "ssm_parameter",
            "name": name,
            "properties": {"Name": f"/slipway/test/{name}", "Type": "String", "Value": value},
        }
        for name, value in PUBLISHED.items()
    ]


def of_reports(control: str) -> set[str]:
    """Return the states of a control on what stands."""
    cloud = Cloud(REGION)
    listed = cloud.pages("ssm", "get_parameters_by_path", "Parameters", Path="/slipway/test/", Recursive=True)
    outputs = {one["Name"].removeprefix("/slipway/test/"): one["Value"] for one in listed}
    rows = report.rows(cloud, outputs, [], "prod", datetime.now(UTC).date())
    return {row.state for row in rows if row.control == control}


@pytest.fixture
def database(client: Callable[[str], Any]) -> Any:
    """Give the database that is backed up."""
    rds = client("rds")
    yield rds.create_db_instance(
        DBInstanceIdentifier=DATABASE, DBInstanceClass="db.t4g.micro", Engine="mysql", AllocatedStorage=20,
        MasterUsername="someone", MasterUserPassword="long enough", StorageEncrypted=True,
        Tags=[{"Key": "environment", "Value": "prod"}],
    )["DBInstance"]  # fmt: skip
    rds.delete_db_instance(DBInstanceIdentifier=DATABASE, SkipFinalSnapshot=True)


def test_the_copies_live_in_their_region(converge: Converge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converging, "REGION", ABROAD)
    copies = [one for one in prod()["backup"] if one["name"] == "copies"]
    assert {one["type"] for one in copies} == {"backup_vault", "kms_key"}
    converge.lives(copies)
    converge(copies, absent=True)


def test_prod_is_backed_up_and_the_report_says_so(
    converge: Converge, client: Callable[[str], Any], database: dict[str, Any]
) -> None:
    needed = [others(), *(prod()[role] for role in NEEDED)]
    for resources in needed:
        converge(resources)
    assert of_reports("RDS.26") == {report.FAILED}
    backup = [one for one in prod()["backup"] if one["name"] != "copies"]
    assert set(converge(backup, check=True).changed) == set(converge(backup).changed)
    assert converge(backup).changed == converge(backup, check=True).changed == {}
    for control in ("RDS.26", "Backup.3", "Backup.5"):
        assert of_reports(control) == {report.PASSED}
    assert of_reports("Backup.1") == of_reports("Backup.2") == {report.NOTHING}
    client("backup").start_backup_job(
        BackupVaultName=DATABASE, ResourceArn=database["DBInstanceArn"], Lifecycle={"DeleteAfterDays": 35},
        IamRoleArn=f"arn:aws:iam::123456789012:role/{DATABASE}-backup",
    )  # fmt: skip
    assert of_reports("Backup.1") == of_reports("Backup.2") == {report.PASSED}
    gone = converge(backup, absent=True)
    assert {name for name, action in gone.actions.items() if action == "kept"} == {"backup_vault.main"}
    allowed = [one for one in backup if one["type"] == "backup_vault"]
    emptied = [{**one, "properties": {**one["properties"], "EmptyOnDelete": True}} for one in allowed]
    assert converge(emptied, absent=True).actions == {"backup_vault.main": "deleted"}
    for resources in reversed(needed):
        converge(resources, absent=True)


def test_what_is_rendered_refers_to_nothing_that_is_unknown(converge: Converge, client: Callable[[str], Any]) -> None:
    del client
    planned = converge(prod()["backup"], check=True)
    text = json.dumps([outcome.as_result() for outcome in planned.outcomes.values()], default=str)
    assert "backup_copy" not in text
    assert "arn:aws:backup:us-west-2:123456789012:backup-vault:slipway-prod-copies" in text
