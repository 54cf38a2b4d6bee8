"""Run the drill: ``python -m rehearsal.drill slipway-dev [CAUSE ...]``; playbooks/alarm_drill.yml does."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from rehearsal.drill.causes import CAUSES
from rehearsal.drill.drilling import Ear, drill
from rehearsal.drill.place import Place
from rehearsal.drill.rows import Row, markdown, table
from tools.files import between

PAGE = Path(__file__).parents[2] / "docs" / "observability.md"
BEGIN, END = "<!-- Written by playbooks/alarm_drill.yml -e write=true -->", "<!-- end -->"


def main() -> None:
    """Drill, print the table, and end with 1 when an alarm did not do what it is for."""
    options = _options()
    wanted = [one for one in CAUSES if not options.causes or one.name in options.causes]
    place, rows = Place(options.prefix, os.environ), []
    with place.listening() as heard:
        ear = Ear(place, heard)
        for cause in wanted:
            rows += drill(place, cause, ear)
    lines = table(rows)
    if not options.causes:
        left = _left(place, rows)
        lines += ["", f"not drilled, since the local cloud has no such metric: {', '.join(left)}"]
        if options.write:
            page = between(PAGE, BEGIN, markdown(rows, left, f"{datetime.now(UTC):%-d %B %Y}"), END)
            PAGE.write_text(page, encoding="utf-8")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(0 if all(row.well for row in rows) else 1)


def _options() -> argparse.Namespace:
    names = ", ".join(one.name for one in CAUSES)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prefix")
    parser.add_argument("causes", nargs="*", metavar="CAUSE", help=names)
    parser.add_argument("--write", action="store_true", help="put the table of all causes into docs/observability.md")
    options = parser.parse_args()
    unknown = set(options.causes) - {one.name for one in CAUSES}
    if unknown:
        parser.error(f"there is no cause {', '.join(sorted(unknown))}; there are {names}")
    return options


def _left(place: Place, rows: list[Row]) -> list[str]:
    """Return the alarms that no cause is for, without those of the side that does not serve."""
    other = {"blue": "green", "green": "blue"}[place.colour]
    drilled = {row.alarm for row in rows}
    return sorted(name for name in place.states() if name not in drilled and f"-{other}-" not in name)


if __name__ == "__main__":
    main()
