"""Experiments that disturb what really runs, while users send requests."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.load import Load
from tests.e2e.conftest import Stand
from tests.e2e.environment import ROOT, Environment

PLAYBOOK = "playbooks/chaos.yml"
#: The machine that tries this is slower than any that serves.
OBJECTIVES = {"availability": 99.9, "latency": 90, "seconds": 2, "requests": 50}


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    return stand("dev")


def chaos(dev: Environment, *experiments: str, expect: int = 0, **more: Any) -> dict[str, Any]:
    """Do experiments and return their report."""
    path = ROOT / "reports" / "chaos" / "dev.json"
    path.unlink(missing_ok=True)
    given = {"service": "web", "confirm": "dev", "experiments": experiments, "chaos_objectives": OBJECTIVES, **more}
    dev.playbook(PLAYBOOK, "-e", json.dumps(given), expect=expect)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def verdicts(experiment: dict[str, Any]) -> dict[str, str]:
    return {f"{one['phase']} {one['name']}": one["verdict"] for one in experiment["findings"]}


def test_nobody_notices_a_killed_task_and_a_rebooted_database_comes_back(dev: Environment) -> None:
    before = dev.inventory()
    with Load(dev.url, dev.variables) as load:
        report = chaos(dev, "task_killed", "database_rebooted")
    killed, rebooted = report["experiments"]
    assert killed["outcome"] == rebooted["outcome"] == "completed"
    assert set(verdicts(killed).values()) == {"held"}
    assert verdicts(rebooted)["during availability"] in {"held", "excepted"}
    assert verdicts(rebooted)["after availability"] == "held"
    assert load.requests > 0
    stopped = dev.client("ecs").list_tasks(cluster="slipway-dev", desiredStatus="STOPPED")["taskArns"]
    told = dev.client("ecs").describe_tasks(cluster="slipway-dev", tasks=stopped)["tasks"]
    assert any("AWS FIS experiment" in task.get("stoppedReason", "") for task in told)
    assert dev.inventory() == before
    assert dev.client("fis").list_experiment_templates()["experimentTemplates"] == []


def test_nothing_is_disturbed_without_the_environments_name(dev: Environment) -> None:
    refused = dev.playbook(PLAYBOOK, "-e", "service=web", expect=2)
    assert "give -e confirm=dev" in refused.said
