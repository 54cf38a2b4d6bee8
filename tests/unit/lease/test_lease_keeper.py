"""What becomes of leases and directories when runs end."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectionClosedError

from ansible_collections.slipway.aws.plugins.plugin_utils import lease_keeper
from ansible_collections.slipway.aws.plugins.plugin_utils.lease_keeper import Keeper
from ansible_collections.slipway.aws.plugins.plugin_utils.lease_store import Holder, LeaseStore
from ansible_collections.slipway.aws.plugins.plugin_utils.run_dir import LEFT_FOR, make_run_dir, start_time

ANNA = Holder("run-a", "anna", "build-1", "boot", 1, "10", "2026-01-02T03:04:05+00:00")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Return the directory of a run."""
    path = tmp_path / "run"
    path.mkdir()
    return path


def keeper(store: LeaseStore, directory: Path, **other: Any) -> Keeper:
    """Return the keeper of one lease that a run has taken."""
    fences = {"web": store.acquire("web", ANNA, takeover=False)}
    plain = {"region": "us-east-1", "table": store.table, "run": ANNA.run, "seconds": 60.0, "every": 0.01, "role": {}}
    return Keeper({**plain, "controller": 1, "directory": str(directory), "fences": fences, **other})


def test_gives_back_and_leaves_nothing(store: LeaseStore, directory: Path) -> None:
    keeper(store, directory).release()
    assert "run" not in store.read("web")
    assert not directory.exists()


def test_a_table_that_a_teardown_took_along_holds_nothing(store: LeaseStore, directory: Path) -> None:
    kept = keeper(store, directory)
    boto3.client("dynamodb", "us-east-1").delete_table(TableName=store.table)
    kept.release()
    assert not directory.exists()


def test_tries_again_while_the_lease_would_hold(
    store: LeaseStore, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [ConnectionClosedError(endpoint_url="https://aws")] * 2
    give_back = lease_keeper.release_all

    def fail_first(*arguments: Any) -> list[str]:
        if failures:
            raise failures.pop()
        return give_back(*arguments)

    monkeypatch.setattr(lease_keeper, "release_all", fail_first)
    keeper(store, directory).release()
    assert "run" not in store.read("web")


def test_ends_when_the_lease_has(store: LeaseStore, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> list[str]:
        raise ConnectionClosedError(endpoint_url="https://aws")

    monkeypatch.setattr(lease_keeper, "release_all", fail)
    keeper(store, directory, seconds=0.05).release()
    assert not directory.exists()


def test_waits_for_no_answer_longer_than_a_lease_allows(store: LeaseStore, directory: Path) -> None:
    cloud = keeper(store, directory).store.cloud
    assert cloud.client("dynamodb").meta.config.read_timeout == 5
    assert cloud.outage == 0


@pytest.mark.parametrize(
    ("pid", "started", "age", "stays"),
    [
        (2**22 + 1, "1", LEFT_FOR + 60, False),
        (2**22 + 1, "1", 60, True),
        (os.getpid(), start_time(os.getpid()), LEFT_FOR + 60, True),
        (os.getpid(), "1", LEFT_FOR + 60, False),
    ],
    ids=["gone", "just gone", "alive", "another process by now"],
)
def test_a_new_run_removes_what_killed_ones_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pid: int, started: str, age: float, stays: bool
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    left = tmp_path / f"slipway-{os.getuid()}" / f"{pid}-{started}"
    left.mkdir(parents=True)
    (left / "keeper.log").touch()
    then = time.time() - age
    os.utime(left, (then, then))
    make_run_dir(os.getppid())
    assert left.exists() == stays
