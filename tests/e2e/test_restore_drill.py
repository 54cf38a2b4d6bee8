"""The database restored to a moment while rows are written; what a killed drill leaves, the next one removes."""

from __future__ import annotations

import json
import subprocess

import pytest

from rehearsal import cli
from rehearsal.load import Load
from tests.e2e.conftest import Stand
from tests.e2e.environment import ROOT, Environment

PLAYBOOK = "playbooks/restore_drill.yml"
#: Writes of a drill at which it is killed: the restored instance is being made.
KILLED_AFTER = 20


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    return stand("dev")


def killed(dev: Environment) -> None:
    run = subprocess.Popen(
        dev.command(PLAYBOOK), cwd=ROOT, env=dev.variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    cli.order("fault", kind="kill-after-write", writes=KILLED_AFTER, pid=run.pid)
    assert run.wait(timeout=300) == -9
    cli.order("clear")


def test_a_drill_after_a_killed_one_compares_rows_and_leaves_nothing(dev: Environment) -> None:
    before = dev.inventory()
    killed(dev)
    assert dev.inventory() != before
    with Load(dev.url, dev.variables) as load:
        told = dev.playbook(PLAYBOOK).output
    assert load.failures == []
    report = json.loads((ROOT / "reports" / "restore_drill" / "dev.json").read_text(encoding="utf-8"))
    assert report["problems"] == []
    notes = next(row for row in report["tables"] if row["table"] == "web.notes")
    assert 0 < notes["before"] <= notes["restored"] <= notes["after"]
    assert 0 < report["measured"]["rto"] < report["objectives"]["rto"]
    assert f"RTO {report['measured']['rto'] // 60}m" in told
    assert dev.inventory() == before


def test_a_missed_objective_fails(dev: Environment) -> None:
    refused = dev.playbook(PLAYBOOK, "-e", json.dumps({"restore_drill_rto_minutes": 0}), expect=2)
    assert "the objective restore_drill_rto_minutes is 0m00s" in " ".join(refused.output.split())
