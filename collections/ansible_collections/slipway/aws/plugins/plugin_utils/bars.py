"""Bars of a report as SVG: amounts beside each other, or spans of time after each other."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from .chart import RIGHT, WIDTH

#: A row has its texts above its bar, so that a long name takes no width from it.
TOP, ROW, HIGH = 26, 32, 10
#: Letters for which there is room beside the longest number.
LONGEST = 44


class Bar(NamedTuple):
    """One row.

    Attributes:
        name: on the left; text: on the right.
        begin: where it begins; end: where it ends, both in the unit of all rows.
        kind: ``new``, ``old``, ``good`` or ``bad``, a colour.
    """

    name: str
    text: str
    end: float
    begin: float = 0
    kind: str = "new"


def bars(title: str, rows: Sequence[Bar], limit: float = 0) -> str:
    """Return an SVG of rows, one below the other.

    Args:
        title: what is shown, with its unit.
        rows: none of them begins below zero.
        limit: drawn as a dashed line through all rows, when there is one.
    """
    most = max([limit, *(row.end for row in rows)], default=0) or 1
    wide = WIDTH - RIGHT / 2
    high = TOP + ROW * len(rows)
    head = f'<svg viewBox="0 0 {WIDTH} {high}" role="img" aria-label="{escape(title)}">'
    drawn = [_row(row, TOP + ROW * place, wide / most) for place, row in enumerate(rows)]
    x = wide * limit / most
    line = [f'<path class="limit" d="M{x:.1f} {TOP - 4}V{high}"/>'] if limit else []
    return "\n".join([head, f'<text x="0" y="14" class="title">{escape(title)}</text>', *drawn, *line, "</svg>"])


def _row(row: Bar, y: float, scale: float) -> str:
    name = row.name if len(row.name) <= LONGEST else f"{row.name[: LONGEST - 1]}…"
    width = max(1.5, (row.end - row.begin) * scale)
    x = min(row.begin * scale, WIDTH - RIGHT / 2 - width)
    return (
        f'<text x="0" y="{y + 12:.0f}">{escape(name)}<title>{escape(row.name)}</title></text>'
        f'<text x="{WIDTH - RIGHT}" y="{y + 12:.0f}" text-anchor="end">{escape(row.text)}</text>'
        f'<rect class="bar {row.kind}" x="{x:.1f}" y="{y + 16:.0f}" width="{width:.1f}" height="{HIGH}"/>'
    )
