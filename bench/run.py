"""Measure how long runs take, beside stock modules and boto3 alone; write ``bench/results.json`` and its page.

    PYTHONPATH=collections python -m bench.run [CASE ...] [--repeat 5]

Without cases it measures those that ``results.json`` lacks at this revision, so a run that was cut goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sysconfig
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from bench import connection, environment, services, table
from bench.revision import revision
from bench.timing import Case
from rehearsal import cli
from tools.files import keep

TIME_SCALE = 60.0
#: What stands beside ours, by stock modules or boto3, stands in the same account.
QUOTAS = {"groups of a balancer": 1000, "rules": 1000, "addresses": 20}
CASES: dict[str, Callable[[int], Case]] = {
    **{name: partial(environment.measure, name) for name in ("dev", "prod")},
    **{f"services-{count}": partial(services.measure, count) for count in (10, 50, 200, 1000)},
    "connection": connection.measure,
}


def interpreter() -> str:
    """Return the version of Python, and whether it was built in the way that takes twice the time."""
    optimized = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    return platform.python_version() + ("" if optimized else " (not optimized)")


def measure(name: str, repeat: int) -> None:
    """Measure a case in a cloud of its own and write it down at once."""
    os.environ["SLIPWAY_REHEARSAL_QUOTAS"] = json.dumps(QUOTAS)
    began, before = revision(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as directory:
        os.environ["SLIPWAY_REHEARSAL_DIR"] = directory
        with cli.running_cloud(TIME_SCALE):
            found = CASES[name](repeat)
    load = [round(before, 1), round(os.getloadavg()[0], 1)]
    machine = {"processors": os.cpu_count(), "python": interpreter(), "load": load}
    told = {**found, "revision": began, "date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine}
    keep(table.RESULTS, table.measured() | {name: told})
    table.PAGE.write_text(table.performance_page(), encoding="utf-8")


def main() -> None:
    """Measure what was asked for, or what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    unknown = sorted(set(options.cases) - set(CASES))
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)}; there are {', '.join(CASES)}")
    done = {name for name, result in table.measured().items() if result["revision"] == revision()}
    for name in options.cases or [name for name in CASES if name not in done]:
        measure(name, options.repeat)


if __name__ == "__main__":
    main()
