"""Run programs against the local cloud that is up, and take their time."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal import cli

ROOT = Path(__file__).parents[1]
Case = dict[str, Any]


@dataclass
class Timed:
    """One process.

    Attributes:
        wall: seconds until it ended; cpu: seconds of processors, its children's included.
        startup: of those of wall, until its first call; api: in which a call of its own was being answered.
        calls: to the API; memory: of the largest process, in MiB.
        reads: each read once, with how often it was made.
    """

    wall: float
    cpu: float
    startup: float
    api: float
    calls: int
    memory: float
    reads: list[dict[str, Any]] = field(default_factory=list)


def timed(command: Sequence[str], variables: dict[str, str], given: str = "") -> Timed:
    """Run a program that has to succeed, and record its calls."""
    cli.order("recording.start")
    with tempfile.TemporaryFile("w+") as log, tempfile.TemporaryFile("w+") as source:
        source.write(given)
        source.seek(0)
        begun, at = time.monotonic(), time.time()
        child = subprocess.Popen(command, cwd=ROOT, env=variables, stdin=source, stdout=log, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - begun
        log.seek(0)
        if child.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {child.returncode}:\n{log.read()[-6000:]}")
    seen = cli.order("recording.stop")
    cpu, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    startup = seen["first"] - at if seen["first"] else wall
    return Timed(wall, cpu, startup, seen["busy"], seen["calls"], memory, seen["reads"])


class Bench:
    """Measures playbooks and programs beside them."""

    def __init__(self) -> None:
        self.variables = {**os.environ, **cli.order("status")["environment"], "AWS_REGION": "us-east-1"}
        self.variables["ANSIBLE_CONFIG"] = str(ROOT / "ansible.cfg")

    def playbook(self, name: str, inventory: Path | str, *more: str) -> Timed:
        """Run a playbook of this project."""
        return timed([sys.executable, "-m", "ansible", "playbook", name, "-i", str(inventory), *more], self.variables)

    def stock(self, counts: dict[str, Any]) -> Timed:
        """Run the playbook of stock modules, with Ansible's own defaults."""
        variables = {**self.variables, "ANSIBLE_CONFIG": str(ROOT / "bench/stock/ansible.cfg")}
        values = {**counts, "ansible_python_interpreter": sys.executable}
        command = [sys.executable, "-m", "ansible", "playbook", "bench/stock/site.yml", "-i", "stock,"]
        return timed([*command, "-e", json.dumps(values)], variables)

    def boto3(self, program: str, *arguments: str, reads: list[dict[str, Any]] | None = None) -> Timed:
        """Run one of the programs beside this one."""
        command = [sys.executable, "-m", f"bench.{program}", *arguments]
        return timed(command, self.variables, json.dumps(reads or []))


def median(runs: Sequence[Timed]) -> Case:
    """Return the median of each figure of several runs."""
    names = ("wall", "cpu", "startup", "api", "calls", "memory")
    return {name: round(statistics.median(getattr(run, name) for run in runs), 2) for name in names} | {
        "runs": len(runs)
    }


def again(bench: Bench, run: Callable[[], Timed], repeat: int, once: dict[str, Callable[[], Timed]]) -> Case:
    """Measure a run that changes nothing in turns with its own reads by boto3 alone, and half-way what takes long."""
    reads = run().reads
    ours, boto3, slow = list[Timed](), list[Timed](), dict[str, Case]()
    for number in range(repeat):
        ours.append(run())
        boto3.append(bench.boto3("replay", reads=reads))
        if number == repeat // 2:
            slow = {name: median([other()]) for name, other in once.items()}
    twice = sorted({f"{read['service']}.{read['operation']}" for read in reads if read["times"] > 1})
    return {"ours": median(ours), "boto3": median(boto3), **slow, "least_reads": len(reads), "repeated": twice}
