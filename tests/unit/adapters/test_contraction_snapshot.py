"""Before migrations that contract, one snapshot is taken for all services of a run; before others none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
#: As roles/service/tasks/schema.yml has it, with the role's own variables.
PLAY = {
    "hosts": "all",
    "gather_facts": False,
    "vars_files": [str(ROOT / "roles" / "service" / "vars" / "main" / "resources.yml")],
    "tasks": [
        {
            "name": "Keep the data",
            "slipway.aws.change_snapshot": {
                "instance": "shop",
                "reasons": "__service_contraction",
                "keep": 3,
                "tags": {"environment": "test"},
                "region": "us-east-1",
            },
            "run_once": True,
        }
    ],
}
SERVICES = {
    "api": {"service_migration": "contract", "service_image_tag": "2.0.0"},
    "jobs": {"service_migration": "contract", "service_image_tag": ""},
    "web": {"service_migration": "expand", "service_image_tag": "1.1.0"},
}
DIGEST = "sha256:" + "ab" * 32
GIVEN = {
    "__service_candidate_migration": {"task_definition": "x"},
    "__service_fact": {"digest": DIGEST},
    "__service_record": {},
    "service_migrate_again": False,
}


def play(directory: Path, *more: str, **extra: Any) -> subprocess.CompletedProcess[str]:
    hosts = {name: {**one, "__service_name": name} for name, one in SERVICES.items()}
    inventory = {"all": {"hosts": hosts, "vars": {"ansible_connection": "local"}}}
    (directory / "hosts.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
    (directory / "play.yml").write_text(yaml.safe_dump([PLAY]), encoding="utf-8")
    arguments = ["-i", str(directory / "hosts.yml"), "-e", json.dumps({**GIVEN, **extra}), *more]
    return subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", str(directory / "play.yml"), *arguments],
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_FORCE_COLOR": "0"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def snapshots(client: Callable[[str], Any]) -> Callable[[], list[str]]:
    settings = {"DBInstanceIdentifier": "shop", "Engine": "postgres", "DBInstanceClass": "db.t4g.micro"}
    client("rds").create_db_instance(
        **settings, AllocatedStorage=20, MasterUsername="admin1", MasterUserPassword="long-enough"
    )
    return lambda: [
        one["DBSnapshotIdentifier"] for one in client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    ]


def test_one_snapshot_for_all_that_contract(snapshots: Callable[[], list[str]], tmp_path: Path) -> None:
    planned = play(tmp_path, "--check", "-v")
    assert "would take a snapshot before contract api 2.0.0, contract jobs abababababab" in planned.stdout
    assert snapshots() == []
    done = play(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    (name,) = snapshots()
    assert name.endswith("-before-contract-api-2-0-0-contract-jobs-abababababab")


def test_none_where_nothing_migrates(snapshots: Callable[[], list[str]], tmp_path: Path) -> None:
    done = play(tmp_path, "-v", __service_candidate_migration={})
    assert "nothing asks for a snapshot" in done.stdout
    assert snapshots() == []


def test_none_where_a_run_before_has_migrated(snapshots: Callable[[], list[str]], tmp_path: Path) -> None:
    done = play(tmp_path, "-v", __service_record={"migrated": DIGEST})
    assert "nothing asks for a snapshot" in done.stdout
    assert snapshots() == []


def test_a_snapshot_that_is_refused_ends_the_run(aws: None, tmp_path: Path) -> None:
    del aws
    done = play(tmp_path)
    assert done.returncode != 0
    assert "CreateDBSnapshot was refused with DBInstanceNotFound" in done.stdout
