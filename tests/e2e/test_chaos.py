"""Experiments that disturb what really runs, while users send requests; how they end early, unit tests try."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal import cli
from rehearsal.load import Load
from tests.e2e.conftest import Stand
from tests.e2e.environment import ROOT, Environment

PLAYBOOK = "playbooks/chaos.yml"
#: The machine that tries this is slower than any that serves.
OBJECTIVES = {"availability": 99.9, "latency": 90, "seconds": 2, "requests": 50}
NAMES = ("task_killed", "zone_lost", "database_rebooted")
#: Minutes of an experiment that outlasts the run that began it, and of a short one; tasks start as slowly as ever.
LONG = {"chaos_zone_minutes": 120}
SHORT = {"chaos_zone_minutes": 1, "chaos_settle_minutes": 15, "chaos_after_minutes": 2}


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    return stand("dev")


def asked(*experiments: str, **more: int) -> tuple[str, ...]:
    """Return the arguments of a run that does experiments."""
    given = {"service": "web", "confirm": "dev", "experiments": experiments, "chaos_objectives": OBJECTIVES, **more}
    return "-e", json.dumps(given)


def chaos(dev: Environment, *experiments: str, **more: int) -> dict[str, Any]:
    """Do experiments and return their report."""
    path = ROOT / "reports" / "chaos" / "dev-web.json"
    path.unlink(missing_ok=True)
    dev.playbook(PLAYBOOK, *asked(*experiments, **more))
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


def killed_once_it_began(dev: Environment) -> None:
    """Begin a long experiment, and kill the run with all of its group as soon as AWS has started it."""
    run = dev.begin(PLAYBOOK, *asked("zone_lost", **LONG))
    start = {"service": "fis", "operation": "StartExperiment", "writes": 1}
    cli.order("fault", kind="kill-after-write", pid=run.pid, group=True, **start)
    assert run.wait(timeout=300) == -9
    cli.order("clear")


def states(dev: Environment) -> list[str]:
    """Return how the experiments stand, the first one first."""
    found = dev.client("fis").list_experiments()["experiments"]
    return [str(one["state"]["status"]) for one in sorted(found, key=lambda one: one["creationTime"])]


def test_what_a_killed_run_left_disturbed_the_next_one_ends(dev: Environment) -> None:
    before, known = dev.inventory(), len(states(dev))
    with Load(dev.url, dev.variables):
        killed_once_it_began(dev)
        assert states(dev)[known:] != ["completed"]
        assert len(dev.client("fis").list_experiment_templates()["experimentTemplates"]) == 1
        report = chaos(dev, "zone_lost", **SHORT)
    assert [one["outcome"] for one in report["experiments"]] == ["completed"]
    assert states(dev)[known:] == ["stopped", "completed"]
    assert dev.client("fis").list_experiment_templates()["experimentTemplates"] == []
    assert dev.inventory() == before


def test_nothing_is_disturbed_without_the_environments_name(dev: Environment) -> None:
    refused = dev.playbook(PLAYBOOK, "-e", "service=web", expect=2)
    assert "give -e confirm=dev" in refused.said


def test_what_aws_cannot_do_is_refused_with_the_reason(dev: Environment) -> None:
    before = dev.client("fis").list_experiments()["experiments"]
    refused = dev.playbook(PLAYBOOK, *asked("task_killed", "api_throttled", "dependency_slow"), expect=2)
    assert "api_throttled, dependency_slow not offered: Fault Injection Service throttles the calls" in refused.said
    assert "Experiments are task_killed, zone_lost, database_rebooted" in refused.said
    assert dev.client("fis").list_experiments()["experiments"] == before
