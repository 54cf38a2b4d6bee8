"""Lead a dev through its life while AWS's API fails; write ``bench/faults.json`` and the table of its page.

    PYTHONPATH=collections python -m bench.faults [--lives 200] [--first 1]

Each life has a seed and a cloud of its own, and is written down at its end. Those of this revision that are written
down are not led again, so a run that was cut goes on. A life that ends badly is written down with its reason, and ends
the program with 1 when all are led.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.fault_table import PAGE, RESULTS, faults_page, lived
from bench.revision import CHANGED, revision
from bench.run import TIME_SCALE
from rehearsal import cli
from tests.e2e.environment import Environment
from tests.e2e.faulty import Life
from tools.files import keep

LOGS = RESULTS.parents[1] / "reports" / "faults"


@contextmanager
def empty_cloud(logs: Path) -> Iterator[Environment]:
    """Give dev in an empty cloud of its own."""
    logs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        os.environ["SLIPWAY_REHEARSAL_DIR"] = directory
        with cli.running_cloud(TIME_SCALE) as variables:
            yield Environment("dev", variables, logs)


def undisturbed() -> dict[str, int]:
    """Return how many resources of each type a dev that nothing disturbs has."""
    with empty_cloud(LOGS / "undisturbed") as dev:
        dev.stand_up()
        return dev.inventory()


def lead(seed: int, inventory: dict[str, int]) -> dict[str, Any]:
    """Lead one life and return what it took."""
    with empty_cloud(LOGS / str(seed)) as dev:
        life, wrong = Life(dev, seed), ""
        try:
            life.stands(inventory)
            life.releases()
            life.goes()
        except AssertionError as error:
            wrong = " ".join(str(error).split())[-400:]
    return {"runs": life.runs, "seconds": life.seconds, "wrong": wrong, "date": f"{datetime.now(UTC):%Y-%m-%d}"}


def led(found: Mapping[str, Any], now: str) -> dict[str, Any]:
    """Return the lives of this revision by seed; where files were changed none is."""
    lives: dict[str, Any] = found["lives"] if found.get("revision") == now and not now.endswith(CHANGED) else {}
    return lives


def write(lives: dict[str, Any], now: str) -> None:
    """Write the lives of this revision down, and the page."""
    keep(RESULTS, {"revision": now, "lives": lives})
    PAGE.write_text(faults_page(), encoding="utf-8")


def main() -> int:
    """Lead the lives that are missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lives", type=int, default=200, help="how many seeds; 200")
    parser.add_argument("--first", type=int, default=1, help="the first seed; 1")
    options = parser.parse_args()
    now = revision()
    done = led(lived(), now)
    seeds = [seed for seed in range(options.first, options.first + options.lives) if str(seed) not in done]
    inventory = undisturbed() if seeds else {}
    for seed in seeds:
        done[str(seed)] = lead(seed, inventory)
        write(done, now)
    return int(any(life["wrong"] for life in done.values()))


if __name__ == "__main__":
    sys.exit(main())
