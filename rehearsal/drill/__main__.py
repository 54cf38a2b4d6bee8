"""Run the drill in the environment that the options name; playbooks/alarm_drill.yml does."""

from __future__ import annotations

import argparse
import os
import sys

from rehearsal.drill.causes import CAUSES
from rehearsal.drill.drilling import Ear, drill
from rehearsal.drill.left import ABSENT, UNKNOWN, reasons
from rehearsal.drill.place import Place
from rehearsal.drill.rows import Row, table


def main() -> None:
    """Drill, print the table, and end with 1 when an alarm did not do what it is for, or nobody knows a cause of it."""
    options = _options()
    place = Place(options.service, options.prefix, options.outputs, options.region, os.environ)
    rows = _drilled(place, options.cause)
    lines, well = table(rows), all(row.well for row in rows)
    if not options.cause:
        left = _left(place, {row.alarm for row in rows}, [options.service, *options.other])
        lines += ["", *(f"not drilled: {name}, {why or UNKNOWN}" for name, why in left.items())]
        well = well and all(left.values())
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(0 if well else 1)


def _drilled(place: Place, names: list[str] | None) -> list[Row]:
    with place.listening() as heard:
        ear = Ear(place, heard)
        return [row for one in CAUSES if not names or one.name in names for row in drill(place, one, ear)]


def _left(place: Place, drilled: set[str], services: list[str]) -> dict[str, str]:
    """Return what was not drilled, and why, with what causes would make ring and the environment does not have."""
    there = place.states()
    causes = [one.at(place.drilled, place.colour) for one in CAUSES]
    absent = {name for one in causes for name in (*one.alarms, *one.pages) if name not in there}
    return reasons(there, drilled, place.colour, services) | dict.fromkeys(sorted(absent), ABSENT)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.drill", description=__doc__)
    parser.add_argument("--service", required=True, help="that is drilled; it runs the reference service")
    parser.add_argument(
        "--other", action="append", default=[], help="service whose alarms are like those of the drilled"
    )
    parser.add_argument("--prefix", required=True, help="of the environment's names, such as slipway-dev")
    parser.add_argument("--outputs", required=True, help="path of what it has published, such as /slipway/dev")
    parser.add_argument("--region", required=True)
    parser.add_argument("--cause", action="append", choices=[one.name for one in CAUSES], help="all without it")
    return parser.parse_args()


if __name__ == "__main__":
    main()
