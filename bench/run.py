"""Measure how long runs take, against boto3 alone; write ``bench/results.json`` and the table of docs/performance.md.

    PYTHONPATH=collections python -m bench.run [CASE ...] [--repeat 5]

Without cases it measures those that ``results.json`` lacks at this revision, so a run that was cut goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench import fleet, table
from rehearsal import cli
from rehearsal.rehearse import Rehearsal

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results.json"
TIME_SCALE = 60.0
#: Two sets of services share the load balancers, ours and those that boto3 alone makes.
QUOTAS = {"groups of a balancer": 1000, "rules": 1000}
ADDED = 100  # milliseconds of latency
Case = dict[str, Any]


@dataclass
class Timed:
    """One process: seconds of wall and of CPU, its children's included, and the memory of the largest, in MiB."""

    wall: float
    cpu: float
    memory: float


class Bench:
    """Runs programs against the local cloud that is up.

    Args:
        repeat: how often what can be repeated is.
    """

    def __init__(self, repeat: int) -> None:
        self.repeat = repeat
        self.variables = {**os.environ, **cli.order("status")["environment"], "AWS_REGION": "us-east-1"}
        self.variables["ANSIBLE_CONFIG"] = str(ROOT / "ansible.cfg")

    def playbook(self, name: str, inventory: Path | str, *more: str) -> Timed:
        """Run a playbook that has to succeed."""
        return self._timed([sys.executable, "-m", "ansible", "playbook", name, "-i", str(inventory), *more])

    def boto3(self, program: str, *arguments: str, reads: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """Run one of the programs beside this one and return what it says."""
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", f"bench.{program}", *arguments],
            cwd=ROOT,
            input=json.dumps(reads or []),
            env=self.variables,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        said: dict[str, Any] = json.loads(done.stdout)
        return {**said, "seconds": time.monotonic() - begun}

    def _timed(self, command: list[str]) -> Timed:
        with tempfile.TemporaryFile("w+") as log:
            begun = time.monotonic()
            child = subprocess.Popen(command, cwd=ROOT, env=self.variables, stdout=log, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            wall = time.monotonic() - begun
            log.seek(0)
            if child.returncode:
                raise SystemExit(f"{' '.join(command)} ended with {child.returncode}:\n{log.read()[-4000:]}")
        return Timed(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)

    def again(self, run: Callable[[], Timed]) -> Case:
        """Measure a run that changes nothing, in turns with its own reads by boto3 alone."""
        cli.order("record")
        recorded = [run()]
        reads = cli.order("recorded")
        times, alone = list[Timed](), list[float]()
        for _ in range(self.repeat):
            times.append(run())
            alone.append(self.boto3("replay", reads=reads)["seconds"])
        return {
            "seconds": statistics.median(item.wall for item in times),
            "cpu_seconds": statistics.median(item.cpu for item in times),
            "boto3_seconds": statistics.median(alone),
            "memory_mib": max(item.memory for item in recorded + times),
            "reads": sum(read["times"] for read in reads),
            "least_reads": len(reads),
            "repeated": sorted({f"{read['service']}.{read['operation']}" for read in reads if read["times"] > 1}),
            "runs": self.repeat,
        }


def prod(repeat: int) -> Case:
    """Measure a re-run of ``site.yml`` on prod, which serves."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as reports:
        Rehearsal("prod", Path(reports)).stand_up()
    stood_up = time.monotonic() - begun
    bench = Bench(repeat)
    return {"first_seconds": stood_up, **bench.again(lambda: bench.playbook("site.yml", "inventories/prod"))}


def services(count: int, repeat: int) -> Case:
    """Measure the first and the second run of so many services, none of which runs a task."""
    bench = Bench(repeat)
    with tempfile.TemporaryDirectory() as directory:
        inventory = fleet.write(Path(directory), count)
        bench.playbook("playbooks/platform.yml", inventory)
        for name in fleet.names(count):
            repository = f"slipway-{fleet.ENVIRONMENT}/{name}"
            cli.order("tasks.push", image=fleet.IMAGE, repository=repository, region="us-east-1")

        def run(*more: str) -> Timed:
            return bench.playbook("bench/fleet.yml", inventory, *more)

        cli.order("clear")
        first = run()
        calls = sum(cli.order("status")["faults"]["calls"].values())
        alone = bench.boto3("creation", str(count))
        again = bench.again(run)
        one = statistics.median(run("--limit", fleet.names(count)[0]).wall for _ in range(repeat))
        cli.order("fault", kind="latency", milliseconds=ADDED)
        return {
            "first_seconds": first.wall,
            "first_cpu_seconds": first.cpu,
            "first_calls": calls,
            "first_boto3_seconds": alone["seconds"],
            "first_boto3_calls": alone["calls"],
            **again,
            "one_of_them_seconds": one,
            "latency": bench.again(run),
        }


CASES: dict[str, Callable[[int], Case]] = {
    "prod": prod,
    **{f"services-{count}": partial(services, count) for count in (10, 50, 200, 1000)},
}


def measured() -> dict[str, Any]:
    """Return what was measured before."""
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    return found


def revision() -> str:
    """Return the revision that is measured."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def measure(name: str, repeat: int) -> None:
    """Measure a case in a cloud of its own and write it down at once."""
    os.environ["SLIPWAY_REHEARSAL_QUOTAS"] = json.dumps(QUOTAS)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as directory:
        os.environ["SLIPWAY_REHEARSAL_DIR"] = directory
        with cli.running_cloud(TIME_SCALE):
            found = CASES[name](repeat)
    machine = {"processors": os.cpu_count(), "python": platform.python_version(), "load_before": round(load, 1)}
    results = measured() | {name: {**found, "revision": revision(), "machine": machine}}
    RESULTS.write_text(json.dumps(results, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    table.write(results)


def main() -> None:
    """Measure what was asked for, or what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    unknown = sorted(set(options.cases) - set(CASES))
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)}; there are {', '.join(CASES)}")
    done = {name for name, result in measured().items() if result["revision"] == revision()}
    for name in options.cases or [name for name in CASES if name not in done]:
        measure(name, options.repeat)


if __name__ == "__main__":
    main()
