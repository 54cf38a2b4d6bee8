"""The case of many services, none of which runs a task: the fleet actions beside boto3 alone."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from bench import fleet
from bench.timing import Bench, Case, again, median
from rehearsal import cli

ADDED = 100  # milliseconds of latency


def measure(count: int, repeat: int) -> Case:
    """Measure the first and the second run of so many services, one of them, and all with slow answers."""
    bench = Bench()
    with tempfile.TemporaryDirectory() as directory:
        inventory = fleet.write(Path(directory), count)
        bench.playbook("playbooks/platform.yml", inventory)
        for name in fleet.names(count):
            repository = f"slipway-{fleet.ENVIRONMENT}/{name}"
            cli.order("tasks.push", image=fleet.IMAGE, repository=repository, region="us-east-1")
        run = partial(bench.playbook, "bench/fleet.yml", inventory)
        first = {"ours": median([run()]), "boto3": median([bench.boto3("creation", str(count))])}
        second = again(bench, run, repeat, {"one": lambda: run("--limit", fleet.names(count)[0])})
        cli.order("fault", kind="latency", milliseconds=ADDED)
        return {"first": first, "second": second, "latency": again(bench, run, 1, {})}
