"""Whoever releases dies, and nobody comes back: the dead man's switch puts traffic where it is safe."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from rehearsal import cli
from rehearsal.load import Load
from tests.e2e.conftest import Stand
from tests.e2e.environment import Environment, quiet
from tests.e2e.releases import (
    another_version,
    begun,
    item,
    push,
    record,
    release,
    running,
    stands_on_one_side,
    until,
    version,
    weights,
)

#: Two short steps: what is tried here is not the verdict.
AGAIN = {"release_steps": [50, 100], "retry": True}
SHORT = ("-e", json.dumps({**AGAIN, "release_bake_minutes": 1, "release_extend_minutes": 0}))
LONG = ("-e", json.dumps({**AGAIN, "release_bake_minutes": 600}))
#: Writes of a release at which it dies. Its ModifyRule calls are: the test rule, 50 %, 95 %, everything.
SHIFT = {"service": "elbv2", "operation": "ModifyRule", "writes": 2}
PROMOTION = {"service": "elbv2", "operation": "ModifyRule", "writes": 4}
END = {"service": "scheduler", "operation": "UpdateSchedule", "writes": 2}


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    environment = stand("dev")
    push("1.1.0", "1.2.0")
    return environment


@pytest.fixture(autouse=True)
def _alone() -> None:
    quiet()


def killed(run: subprocess.Popen[str], where: dict[str, Any], **how: bool) -> None:
    """Kill a run at a write and wait for its end."""
    cli.order("fault", kind="kill-after-write", pid=run.pid, **where, **how)
    told, _ = run.communicate(timeout=300)
    cli.order("clear")
    assert run.returncode == -signal.SIGKILL, told


def switched(dev: Environment) -> bool:
    """Say whether the switch has fired since a release armed it last."""
    return "fired" in item(dev, "switch#web")


def stands_with(dev: Environment, stable: str) -> bool:
    idle = {"blue": "green", "green": "blue"}[stable]
    return weights(dev) == {stable: 999, idle: 0}


@pytest.mark.parametrize(
    "how", [{}, pytest.param({"group": True}, marks=pytest.mark.soak)], ids=["controller", "group"]
)
def test_a_run_that_dies_at_a_shift(how: dict[str, bool], dev: Environment) -> None:
    stable, wanted = record(dev)["stable"]["S"], another_version(dev)
    with Load(dev.url, dev.variables) as load:
        killed(begun(dev, wanted, *SHORT), SHIFT, before_answer=True, **how)
        until(lambda: switched(dev), "the switch fires")
        assert stands_with(dev, stable)
        told = release(dev, wanted, *SHORT).output
    assert load.failures == []
    assert "the dead man's switch had put traffic back" in " ".join(told.split())
    assert version(dev) == wanted
    stands_on_one_side(dev)


def worker(controller: int) -> int:
    """Return the process in which a run's task is carried out."""
    found = [
        int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal() and _is_worker(path, controller)
    ]
    assert found, "the run has no worker"
    return found[0]


def _is_worker(path: Path, controller: int) -> bool:
    try:
        parent = int((path / "stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[1])
        return parent == controller and "ansible" in (path / "cmdline").read_text(encoding="utf-8")
    except OSError:
        return False


def test_a_worker_that_dies_in_a_bake(dev: Environment) -> None:
    stable, wanted = record(dev)["stable"]["S"], another_version(dev)
    with Load(dev.url, dev.variables) as load:
        run = begun(dev, wanted, *LONG)
        for line in run.stdout or ():
            if "step 1/2" in line:
                break
        assert not stands_with(dev, stable)
        os.kill(worker(run.pid), signal.SIGKILL)
        run.communicate(timeout=300)
        assert run.returncode != 0
        until(lambda: stands_with(dev, stable), "traffic is back")
        dev.playbook("playbooks/abort.yml", "-e", "service=web")
    assert load.failures == []
    stands_on_one_side(dev)


def test_a_run_that_dies_at_the_promotion(dev: Environment) -> None:
    """Nothing says yet that the new version is stable, so the old one gets everything; the next run goes forward."""
    stable, wanted = record(dev)["stable"]["S"], another_version(dev)
    with Load(dev.url, dev.variables) as load:
        killed(begun(dev, wanted, *SHORT), PROMOTION, before_answer=True, group=True)
        until(lambda: switched(dev), "the switch fires")
        assert stands_with(dev, stable)
        release(dev, wanted)
    assert load.failures == []
    assert version(dev) == wanted
    stands_on_one_side(dev)


@pytest.mark.soak
def test_a_run_that_dies_at_its_very_end(dev: Environment) -> None:
    """The release has ended, the switch is not disarmed yet: it finds everything where it is to be."""
    wanted = another_version(dev)
    with Load(dev.url, dev.variables) as load:
        killed(begun(dev, wanted, *SHORT), END, before_answer=True)
        until(lambda: "run" not in item(dev, "lease#release/web"), "the lease is free")
        time.sleep(2)
    assert load.failures == []
    assert version(dev) == wanted
    stands_on_one_side(dev)


def test_a_release_that_ends_well_leaves_the_switch_at_rest(dev: Environment) -> None:
    release(dev, another_version(dev), *SHORT)
    assert "safe" not in item(dev, "switch#web")
    assert dev.client("scheduler").get_schedule(Name="slipway-dev-web-switch")["State"] == "DISABLED"
    assert sum(running(dev).values()) == 2
