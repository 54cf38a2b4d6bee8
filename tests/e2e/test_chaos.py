"""Experiments that disturb what really runs, while users send requests; how they end early, unit tests try."""

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
NAMES = ("task_killed", "zone_lost", "database_rebooted")


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    return stand("dev")


def chaos(dev: Environment, *experiments: str) -> dict[str, Any]:
    """Do experiments and return their report."""
    path = ROOT / "reports" / "chaos" / "dev-web.json"
    path.unlink(missing_ok=True)
    given = {"service": "web", "confirm": "dev", "experiments": experiments, "chaos_objectives": OBJECTIVES}
    dev.playbook(PLAYBOOK, "-e", json.dumps(given))
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def verdicts(experiment: dict[str, Any]) -> dict[str, str]:
    return {f"{one['phase']} {one['name']}": one["verdict"] for one in experiment["findings"]}


def test_what_is_disturbed_costs_no_more_than_was_declared_and_comes_back(dev: Environment) -> None:
    before = dev.inventory()
    with Load(dev.url, dev.variables):
        report = chaos(dev, *NAMES)
    by_name = {one["name"]: one for one in report["experiments"]}
    assert {name: one["outcome"] for name, one in by_name.items()} == dict.fromkeys(NAMES, "completed")
    assert set(verdicts(by_name["task_killed"]).values()) == {"held"}
    assert verdicts(by_name["zone_lost"])["during availability"] == "excepted"
    # A restart may be over before a request misses the database.
    assert verdicts(by_name["database_rebooted"])["during availability"] in {"held", "excepted"}
    assert {verdicts(one)["after availability"] for one in by_name.values()} == {"held"}
    stopped = dev.client("ecs").list_tasks(cluster="slipway-dev", desiredStatus="STOPPED")["taskArns"]
    told = dev.client("ecs").describe_tasks(cluster="slipway-dev", tasks=stopped)["tasks"]
    assert any("AWS FIS experiment" in task.get("stoppedReason", "") for task in told)
    assert dev.inventory() == before
    assert dev.client("fis").list_experiment_templates()["experimentTemplates"] == []


def test_nothing_is_disturbed_without_the_environments_name(dev: Environment) -> None:
    refused = dev.playbook(PLAYBOOK, "-e", "service=web", expect=2)
    assert "give -e confirm=dev" in refused.said
