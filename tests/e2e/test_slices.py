"""Two controllers with a slice of the services each, at once, leave what one run of all of them would."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench import fleet
from tests.e2e.environment import ROOT, Environment

COUNT = 6


def _runner(directory: Path, inventory: Path, limit: Sequence[str]) -> list[str]:
    """Return the command with which AWX runs a slice."""
    directory.mkdir()
    program = [sys.executable, "-m", "ansible_runner", "run", str(directory), "--project-dir", str(ROOT)]
    playbook = ["--inventory", str(inventory), "--playbook", "bench/fleet.yml"]
    return [*program, *playbook, "--cmdline", f"--limit {','.join(limit)}"]


def test_two_slices_at_once_end_as_one_run(fresh: Environment, tmp_path: Path) -> None:
    inventory = fleet.write(tmp_path / "inventory", COUNT, each=COUNT // 2)
    whole = Environment(fleet.ENVIRONMENT, fresh.variables, fresh.logs)
    whole.inventory_path = str(inventory)
    whole.playbook("playbooks/platform.yml")
    names = fleet.names(COUNT)
    slices = [
        subprocess.Popen(
            _runner(tmp_path / str(number), inventory, part),
            env=fresh.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for number, part in enumerate((names[::2], names[1::2]))
    ]
    for process in slices:
        output, _ = process.communicate(timeout=600)
        assert process.returncode == 0, output[-4000:]
    cluster = f"slipway-{fleet.ENVIRONMENT}"
    services = fresh.client("ecs").list_services(cluster=cluster, maxResults=100)["serviceArns"]
    expected = {f"{cluster}-{name}-{colour}" for name in names for colour in ("blue", "green")}
    assert {arn.rpartition("/")[2] for arn in services} == expected
    assert _carried(fresh) == {cluster: COUNT, f"{cluster}-b02": COUNT}
    assert whole.playbook("bench/fleet.yml").changed == {}


def _carried(environment: Environment) -> Counter[str]:
    """Return how many target groups each load balancer has traffic for, by name."""
    groups = environment.client("elbv2").describe_target_groups()["TargetGroups"]
    return Counter(arn.split("/")[2] for group in groups for arn in group["LoadBalancerArns"])
