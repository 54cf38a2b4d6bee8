"""Run the restore drill on dev in an empty local cloud; write ``bench/drills.json`` and the figures of its page.

    PYTHONPATH=collections python -m bench.drills [--report reports/restore_drill/prod.json]

With ``--report`` nothing is run: the report that a drill elsewhere wrote, AWS for instance, is written down.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.drill_figures import PAGE, RESULTS, drilled, recovery_page
from bench.revision import revision
from bench.run import TIME_SCALE
from rehearsal import cli
from rehearsal.load import Load
from tests.e2e.environment import ROOT, Environment
from tools.files import keep

LOGS = ROOT / "reports" / "drills"
#: What of a report is kept; its times are those of the environment's own clock.
KEPT = ("measured", "objectives", "phases", "problems")


def drill() -> dict[str, Any]:
    """Return the report of a drill on dev, whose service is used meanwhile.

    Raises:
        AssertionError: a playbook failed, the drill too.
        RehearsalError: a user noticed the drill.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        os.environ["SLIPWAY_REHEARSAL_DIR"] = directory
        with cli.running_cloud(TIME_SCALE) as variables:
            dev = Environment("dev", variables, LOGS)
            dev.stand_up()
            with Load(dev.url, dev.variables) as load:
                dev.playbook("playbooks/restore_drill.yml")
            if load.failures:
                raise cli.RehearsalError(f"requests failed during the drill: {load.failures[:5]}")
    return read(ROOT / "reports" / "restore_drill" / "dev.json")


def read(path: Path) -> dict[str, Any]:
    """Return a report."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def written_down(report: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return what is kept of a report.

    Args:
        report: what a drill wrote.
        where: it ran, in words.
    """
    rows = sum(table["restored"] or 0 for table in report["tables"])
    kept = {name: report[name] for name in KEPT}
    ran = {"where": where, "revision": revision(), "date": f"{datetime.now(UTC):%Y-%m-%d}"}
    return {**kept, **ran, "tables": len(report["tables"]), "rows": rows}


def main() -> int:
    """Run a drill, or read what one found, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, help="JSON report of a drill that ran elsewhere, on this revision")
    path = parser.parse_args().report
    report = read(path) if path else drill()
    where = "AWS" if path else f"the local cloud, in which time ran {TIME_SCALE:g} times as fast"
    keep(RESULTS, {**drilled(), report["environment"]: written_down(report, where)})
    PAGE.write_text(recovery_page(), encoding="utf-8")
    return int(bool(report["problems"]))


if __name__ == "__main__":
    sys.exit(main())
