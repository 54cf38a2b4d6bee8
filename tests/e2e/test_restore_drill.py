"""The database restored to a moment while rows are written; what a killed drill leaves, the next one removes."""

from __future__ import annotations

import json

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
    run = dev.begin(PLAYBOOK)
    cli.order("fault", kind="kill-after-write", writes=KILLED_AFTER, pid=run.pid)
    assert run.wait(timeout=300) == -9
    cli.order("clear")


def test_a_drill_after_a_killed_one_compares_rows_fails_by_its_objective_and_leaves_nothing(dev: Environment) -> None:
    """One that keeps its objectives is tried by the role's scenario."""
    before = dev.inventory()
    killed(dev)
    assert dev.inventory() != before
    with Load(dev.url, dev.variables) as load:
        refused = dev.playbook(PLAYBOOK, "-e", json.dumps({"restore_drill_rto_minutes": 0}), expect=2)
    assert load.failures == []
    report = json.loads((ROOT / "reports" / "restore_drill" / "dev.json").read_text(encoding="utf-8"))
    rto = report["measured"]["rto"]
    missed = f"RTO is {rto // 60}m{rto % 60:02d}s, the objective restore_drill_rto_minutes is 0m00s"
    assert report["problems"] == [missed]
    assert missed in refused.said
    notes = next(row for row in report["tables"] if row["table"] == "web.notes")
    assert 0 < notes["before"] <= notes["restored"] <= notes["after"]
    assert 0 < report["measured"]["rpo"] <= report["objectives"]["rpo"]
    assert dev.inventory() == before
