"""Run the drill: ``python -m rehearsal.drill slipway-dev [CAUSE ...]``; playbooks/alarm_drill.yml does."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rehearsal.drill.causes import CAUSES, Cause
from rehearsal.drill.place import Place

#: Real seconds in which an alarm has to ring, and to fall silent; the longest window is an hour, which takes a minute.
WITHIN = 150.0
BETWEEN = 0.5
ALARM = "ALARM"


@dataclass
class Row:
    """What became of an alarm: seconds until it rang and until it was silent again, and whom it told."""

    cause: str
    alarm: str
    rang: float | None = None
    silent: float | None = None
    told: str = "-"

    @property
    def well(self) -> bool:
        """Whether it did all that an alarm has to."""
        return self.rang is not None and self.silent is not None and not self.told.startswith("not")


def drill(place: Place, cause: Cause, heard: Callable[[], list[dict[str, Any]]]) -> list[Row]:
    """Let a cause happen, and return what its alarms did."""
    rows = [Row(cause.name, name.format(colour=place.colour)) for name in cause.alarms]
    pages = [Row(cause.name, name) for name in cause.pages]
    heard()
    begun = time.monotonic()
    with place.sending("/notes", clients=3):
        with cause.happens(place):
            _until(place, [*rows, *pages], begun, rings=True)
            told = _tell(pages, heard)
        _until(place, [*rows, *pages], time.monotonic(), rings=False)
    _tell(pages, heard, told, state="OK")
    for row in rows:
        row.told = f"by {', '.join(cause.pages)}"
    return [*rows, *pages]


def _until(place: Place, rows: list[Row], begun: float, *, rings: bool) -> None:
    """Wait until all alarms ring, or none does; what takes too long stays without a time."""
    left = list(rows)
    while left and time.monotonic() < begun + WITHIN:
        states = place.states()
        for row in [one for one in left if (states.get(one.alarm) == ALARM) == rings]:
            setattr(row, "rang" if rings else "silent", time.monotonic() - begun)
            left.remove(row)
        time.sleep(BETWEEN)


def _tell(
    pages: list[Row],
    heard: Callable[[], list[dict[str, Any]]],
    before: list[dict[str, Any]] | None = None,
    state: str = ALARM,
) -> list[dict[str, Any]]:
    """Note on each page whether people were told of a state."""
    messages, deadline = list(before or []), time.monotonic() + 10
    while time.monotonic() < deadline:
        messages += heard()
        names = {one["AlarmName"] for one in messages if one["NewStateValue"] == state}
        if all(any(name.endswith(f"-{page.alarm}") for name in names) for page in pages):
            break
        time.sleep(BETWEEN)
    expected = {page.alarm for page in pages}
    others = {one["AlarmName"].split("-", 2)[2] for one in messages if one["NewStateValue"] == state} - expected
    for page in pages:
        there = any(one["AlarmName"].endswith(f"-{page.alarm}") and one["NewStateValue"] == state for one in messages)
        page.told = ("people" if page.told in {"-", "people"} else page.told) if there else f"not of {state}"
        if others:
            page.told = f"not alone, also by {', '.join(sorted(others))}"
    return messages


def table(rows: list[Row]) -> list[str]:
    """Return the rows as text."""
    width = max(len(row.alarm) for row in rows)
    head = f"{'cause':<22} {'alarm':<{width}} {'rang after':>10} {'silent after':>12}  told"
    return [head, *(_line(row, width) for row in rows)]


def _line(row: Row, width: int) -> str:
    rang, silent = (f"{value:.0f} s" if value is not None else "never" for value in (row.rang, row.silent))
    return f"{row.cause:<22} {row.alarm:<{width}} {rang:>10} {silent:>12}  {row.told}"


def main() -> None:
    """Drill, print the table, and end with 1 when an alarm did not do what it is for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prefix")
    parser.add_argument("causes", nargs="*", metavar="CAUSE", help=", ".join(one.name for one in CAUSES))
    options = parser.parse_args()
    unknown = set(options.causes) - {one.name for one in CAUSES}
    if unknown:
        parser.error(
            f"there is no cause {', '.join(sorted(unknown))}; there are {', '.join(one.name for one in CAUSES)}"
        )
    place, rows = Place(options.prefix, os.environ), []
    with place.listening() as heard:
        for cause in CAUSES:
            if not options.causes or cause.name in options.causes:
                rows += drill(place, cause, heard)
    lines, drilled = table(rows), {row.alarm for row in rows}
    if not options.causes:
        left = sorted(name for name in place.states() if name not in drilled and not _idle(place, name))
        lines += ["", "not drilled: no such metric in the local cloud, or the same with a longer window:"]
        lines += [f"  {name}" for name in left]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(0 if all(row.well for row in rows) else 1)


def _idle(place: Place, name: str) -> bool:
    """Say whether an alarm is of the side that does not serve, which is silent by design."""
    other = {"blue": "green", "green": "blue"}[place.colour]
    return f"-{other}-" in name


if __name__ == "__main__":
    main()
