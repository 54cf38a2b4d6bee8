"""Draw docs/verdict.svg: false rollbacks and time to detection of each judge, from the tables of docs/verdict.md."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tools.drawing import Box, Drawing, text_width
from tools.files import ROOT

PAGE = ROOT / "docs" / "verdict.md"
#: Rows of the tables that are drawn.
HEALTHY, BAD = "retry bursts, mean 3", "20/s, 0.5 % -> 2 %"
WIDTH, HEIGHT, LEFT, TOP = 1000.0, 292.0, 84.0, 84.0
ROW, BAR, PANEL, SECOND = 32.0, 20.0, 236.0, 490.0


class Panel(NamedTuple):
    """One set of bars.

    Attributes:
        x: left of the bars; title: above them; values: by judge, ``None`` without an end; texts: behind the bars.
        most: value of the whole width; promise: value of the dashed line; promised: what it says.
    """

    x: float
    title: str
    values: dict[str, float | None]
    texts: dict[str, str]
    most: float
    promise: float
    promised: str


def cells(row: str) -> dict[str, str]:
    """Return a row of a table of the page, by judge.

    Raises:
        KeyError: there is no such row.
    """
    head: list[str] = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        parts = [part.strip() for part in line.strip("|").split("|")]
        head = parts if "PipeCD" in parts else head
        if line.startswith("|") and parts[0] == row and head:
            return dict(zip(head[1:], parts[1:], strict=True))
    raise KeyError(row)


def _numbers(texts: dict[str, str], place: int) -> dict[str, float | None]:
    found = {name: re.findall(r"[\d.]+|never", text)[place] for name, text in texts.items()}
    return {name: None if number == "never" else float(number) for name, number in found.items()}


def _texts(texts: dict[str, str], say: Callable[[list[str]], str]) -> dict[str, str]:
    return {name: say(re.findall(r"[\d.]+|never", text)) for name, text in texts.items()}


def _ending(minutes: str) -> str:
    return minutes if minutes == "never" else f"{minutes} min"


def panels() -> Iterator[Panel]:
    """Yield what is drawn."""
    healthy, bad = cells(HEALTHY), cells(BAD)
    yield Panel(
        LEFT,
        "Good candidates rolled back (retry bursts, worst cell)",
        _numbers(healthy, 1),
        _texts(healthy, lambda found: f"{found[1]} %, on average {found[0]} %"),
        100.0,
        5.0,
        "promised: at most 5 %",
    )
    yield Panel(
        SECOND + LEFT,
        "0.5 % -> 2 % errors at 20 requests/s: the median end",
        _numbers(bad, 0),
        _texts(bad, lambda found: f"{_ending(found[0])}, {found[-1]} failed"),
        15.0,
        3.5,
        "promised: at most 3.5 minutes",
    )


def drawn() -> Drawing:
    """Return the picture."""
    parts = list(panels())
    values = "; ".join(
        f"{part.title}: " + ", ".join(f"{name} {text}" for name, text in part.texts.items()) for part in parts
    )
    picture = Drawing(
        WIDTH, HEIGHT, "Judges of canaries compared", f"{values}.", "bench/verdict.py and docs/verdict.md"
    )
    picture.label(20, 30, "Six judges watch the same simulated releases", "h")
    for part in parts:
        _draw(picture, part)
    return picture


def _draw(picture: Drawing, panel: Panel) -> None:
    picture.label(panel.x, TOP - 26, panel.title, "t")
    scale = PANEL / panel.most
    for place, (name, value) in enumerate(panel.values.items()):
        y, middle = TOP + place * ROW, TOP + place * ROW + BAR / 2 + 4
        picture.label(panel.x - 10 - text_width("s", name), middle, name, "s")
        length = max(3.0, min(PANEL, scale * (panel.most if value is None else value)))
        picture.box(Box(panel.x, y, round(length, 1), BAR, kind="ours" if name == "Slipway" else "local"))
        picture.label(panel.x + PANEL + 12, middle, panel.texts[name], "s")
    x = round(panel.x + scale * panel.promise, 1)
    bottom = TOP + len(panel.values) * ROW - ROW + BAR + 6
    picture.arrow((x, TOP - 8), (x, bottom), dashed=True, head=False)
    picture.label(x, bottom + 14, panel.promised)
