"""Draw docs/scaling.svg: task hours and minutes of overload of each scaler, from the table of docs/scaling.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tools.drawing import Box, Drawing
from tools.files import ROOT

PAGE = ROOT / "docs" / "scaling.md"
OURS, BASELINE = "Slipway", "target tracking"
WIDTH, LEFT, TOP = 1000.0, 150.0, 84.0
ROW, BAR, PANEL, SECOND, GROUP = 20.0, 14.0, 230.0, 540.0, 14.0


class Cell(NamedTuple):
    """What became of a kind of load under one scaler: minutes of overload, task hours."""

    overload: int
    hours: int


def cells() -> dict[str, dict[str, Cell]]:
    """Return the table of the page: by kind of load and scaler."""
    rows = [
        [part.strip() for part in line.strip("|").split("|")]
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| load |") or re.search(r"\d+ min, \d+ h", line)
    ]
    head = rows[0][1:]
    return {
        row[0]: {name: Cell(*map(int, re.findall(r"\d+", text)[:2])) for name, text in zip(head, row[1:], strict=True)}
        for row in rows[1:]
    }


def drawn() -> Drawing:
    """Return the picture."""
    found = cells()
    kinds = {kind: of for kind, of in found.items() if kind != "all"}
    count = len(next(iter(kinds.values())))
    height = TOP + len(kinds) * (count * ROW + GROUP) + 16
    text = "; ".join(
        f"{kind}: " + ", ".join(f"{name} {one.hours} task hours, {one.overload} minutes" for name, one in of.items())
        for kind, of in found.items()
    )
    picture = Drawing(WIDTH, height, "Scalers compared", f"{text}.", "bench/scaling.py and docs/scaling.md")
    picture.label(20, 30, "Four scalers meet the same loads", "h")
    picture.label(LEFT, TOP - 22, "Task hours, in per cent of target tracking's", "t")
    picture.label(SECOND + LEFT - 40, TOP - 22, "Minutes of overload", "t")
    for place, (kind, of) in enumerate(kinds.items()):
        y = TOP + place * (count * ROW + GROUP)
        picture.label(20, y - 4 + BAR / 2, kind, "s")
        for box, label in _bars(y, of, max(one.overload for each in kinds.values() for one in each.values())):
            picture.box(box)
            picture.label(box.x + box.width + 8, box.y + BAR - 3, label, "s")
    return picture


def _bars(y: float, of: dict[str, Cell], most: int) -> Iterator[tuple[Box, str]]:
    for number, (name, one) in enumerate(of.items()):
        kind, top = "ours" if name == OURS else "local", y + 8 + number * ROW
        share = one.hours / of[BASELINE].hours
        # Half as many again is the whole width.
        yield Box(LEFT, top, round(PANEL * share / 1.5, 1), BAR, kind=kind), f"{100 * share:.0f} %  {name}"
        width = max(2.0, PANEL * one.overload / max(1, most))
        yield Box(SECOND + LEFT - 40, top, round(width, 1), BAR, kind=kind), f"{one.overload}"
