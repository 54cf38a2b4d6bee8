"""Run the drill in the environment that the options name; playbooks/alarm_drill.yml does."""

from __future__ import annotations

import argparse
import os
import sys

from rehearsal.drill.causes import CAUSES
from rehearsal.drill.drilling import Ear, drill
from rehearsal.drill.left import reasons
from rehearsal.drill.place import Place
from rehearsal.drill.rows import Row, table


def main() -> None:
    """Drill, print the table, and end with 1 when an alarm did not do what it is for, or nobody knows a cause of it."""
    options = _options()
    place = Place(options.service, options.prefix, options.outputs, options.region, os.environ)
    rows = _drilled(place, options.cause)
    lines, well = table(rows), all(row.well for row in rows)
    if not options.cause:
        left = reasons(place.states(), {row.alarm for row in rows}, place.colour)
        lines += ["", *(f"not drilled: {name}, {why}" for name, why in left.items())]
        well = well and all(left.values())
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(0 if well else 1)


def _drilled(place: Place, names: list[str] | None) -> list[Row]:
    with place.listening() as heard:
        ear = Ear(place, heard)
        return [row for one in CAUSES if not names or one.name in names for row in drill(place, one, ear)]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.drill", description=__doc__)
    parser.add_argument("--service", required=True, help="that is drilled; it runs the reference service")
    parser.add_argument("--prefix", required=True, help="of the environment's names, such as slipway-dev")
    parser.add_argument("--outputs", required=True, help="path of what it has published, such as /slipway/dev")
    parser.add_argument("--region", required=True)
    parser.add_argument("--cause", action="append", choices=[one.name for one in CAUSES], help="all without it")
    return parser.parse_args()


if __name__ == "__main__":
    main()
