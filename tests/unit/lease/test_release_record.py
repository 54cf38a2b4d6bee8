"""The record of a service: where a way back leads next, and what migrations leave in it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.action import service_migrations as module
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.lease_store import LeaseStore
from ansible_collections.slipway.aws.plugins.plugin_utils.release.journal import Journal
from ansible_collections.slipway.aws.plugins.plugin_utils.release.record import put_record, read_record
from ansible_collections.slipway.aws.plugins.plugin_utils.task_run import TaskResult
from tests.unit.lease.conftest import TABLE
from tests.unit.release.specs import a_spec

OPTIONS = {"timeout": 60, "outputs_path": "/slipway"}


def version(number: int) -> dict[str, str]:
    return {"image_tag": f"1.{number}.0", "digest": f"sha256:{number}", "revision": f"web:{number}"}


def entry(number: int, before: int, after: int, **more: Any) -> dict[str, Any]:
    sides = {"from": version(before), "to": version(after)}
    return {"number": number, "status": "succeeded", "begun": 0.0, "floor": 0, "looks": [], **sides, **more}


def promoted(cloud: Cloud, ended: dict[str, Any]) -> dict[str, Any]:
    """Return the record after a release."""
    put_record(cloud, TABLE, a_spec(**ended["to"]), ended, "blue")
    Journal(cloud, TABLE, "web", 1).close(ended)
    return read_record(cloud, TABLE, "web")


@pytest.fixture
def cloud(store: LeaseStore) -> Cloud:
    """Return a cloud with a service that had releases 1 to 3."""
    for number in (2, 3):
        promoted(store.cloud, entry(number, number - 1, number))
    return store.cloud


def test_after_a_way_back_the_version_before_is_an_older_one(cloud: Cloud) -> None:
    assert promoted(cloud, entry(4, 3, 2, returns=True))["previous"] == version(1)
    assert promoted(cloud, entry(5, 2, 1, returns=True))["previous"] == {}
    assert promoted(cloud, entry(6, 1, 7))["previous"] == version(1)


class Tasks:
    """Migrations that end as told."""

    def __init__(self, cloud: Cloud, *codes: int) -> None:
        self.cloud, self.codes, self.floors = cloud, list(codes), []  # type: ignore[var-annotated]

    def __call__(self, *_: Any) -> Tasks:
        return self

    def run(self, _at_most: int) -> TaskResult:
        self.floors.append(read_record(self.cloud, TABLE, "web")["floor"])
        return TaskResult("arn:task", {"web": self.codes.pop(0)}, "", adopted=False)


def migrated(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tasks: Tasks, **noted: Any) -> tuple[str, str]:
    """Return how a migration of version 4 ended."""
    monkeypatch.setattr(module, "TaskRun", tasks)
    monkeypatch.setattr(module, "task_request", lambda task: task)
    monkeypatch.setattr(module, "resolved_request", lambda request, *_, **__: request)
    place = {"table": TABLE, "service": "web", "digest": "sha256:4", "contract_from": "", "again": False}
    return module.migrate_one(cloud, {"tags": {}, "noted": {**place, **noted}}, OPTIONS)


def test_a_version_migrates_once_however_often_its_run_is_killed(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = Tasks(cloud, 1, 0, 0, 0)
    assert "failed" in migrated(cloud, monkeypatch, tasks)[1]
    assert migrated(cloud, monkeypatch, tasks) == ("arn:task", "")
    assert migrated(cloud, monkeypatch, tasks) == ("", "")
    assert migrated(cloud, monkeypatch, tasks, again=True) == ("arn:task", "")
    assert migrated(cloud, monkeypatch, tasks, digest="sha256:5") == ("arn:task", "")
    assert tasks.codes == []


def test_what_has_everything_says_nothing_of_what_migrated_before(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrated(cloud, monkeypatch, Tasks(cloud, 0))
    assert "migrated" not in promoted(cloud, entry(4, 3, 4))


def test_a_contraction_closes_the_way_back_before_it_begins(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """And it stays closed, though its release fails, and though one that was begun before it ends after it."""
    tasks = Tasks(cloud, 1)
    migrated(cloud, monkeypatch, tasks, contract_from="1.3.0")
    assert tasks.floors == [3]
    assert promoted(cloud, entry(4, 3, 4))["floor"] == 3
