"""Charts of a report: lines over time as SVG, without anything from outside."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 640, 150
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 22, 22
COLOURS = ("#0b6bcb", "#d9480f", "#868e96")
GRID = 4
Points = Sequence[tuple[float, float]]


class Scale(NamedTuple):
    """From minutes and values to the picture's coordinates."""

    minutes: float
    most: float

    def x(self, minute: float) -> float:
        """Return where a minute is."""
        return LEFT + (WIDTH - LEFT - RIGHT) * minute / self.minutes

    def y(self, value: float) -> float:
        """Return where a value is; what is above the scale stays at its edge."""
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(value, self.most) / self.most


def chart(title: str, lines: Mapping[str, Points], *, limit: float | None = None) -> str:
    """Return an SVG of lines over minutes.

    Args:
        title: what is shown, with its unit.
        lines: points of minute and value, by name.
        limit: drawn as a dashed line.
    """
    points = [point for line in lines.values() for point in line]
    most = _round_up(max([value for _, value in points] + [limit or 0.0]))
    scale = Scale(_round_up(max([minute for minute, _ in points], default=1.0)), most)
    drawn = [_line(scale, line, colour) for line, colour in zip(lines.values(), COLOURS, strict=False)]
    dashes = [_limit(scale, limit)] if limit else []
    head = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
    return "\n".join([head, _title(title, list(lines)), *_grid(scale), *dashes, *drawn, "</svg>"])


def _round_up(value: float) -> float:
    """Return the next number whose quarters are easy to read."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(step * unit for step in (1, 2, 4, 6, 8, 10) if step * unit >= value)


def _title(title: str, names: list[str]) -> str:
    text, right = f'<text x="{LEFT}" y="14" class="title">{escape(title)}</text>', WIDTH - RIGHT
    for name, colour in zip(reversed(names), reversed(COLOURS[: len(names)]), strict=True):
        text += f'<text x="{right}" y="14" text-anchor="end" fill="{colour}">{escape(name)}</text>'
        right -= 8 * len(name) + 12
    return text


def _grid(scale: Scale) -> list[str]:
    drawn = []
    for step in range(GRID + 1):
        value, minute = scale.most * step / GRID, scale.minutes * step / GRID
        y, x = scale.y(value), scale.x(minute)
        drawn.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        drawn.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_short(value)}</text>')
        drawn.append(f'<text x="{x:.1f}" y="{HEIGHT - 6}" text-anchor="middle">{minute:.0f} min</text>')
    return drawn


def _short(value: float) -> str:
    return f"{value:.3g}"


def _line(scale: Scale, points: Points, colour: str) -> str:
    path = " ".join(f"{scale.x(minute):.1f},{scale.y(value):.1f}" for minute, value in points)
    return f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{path}"/>'


def _limit(scale: Scale, limit: float) -> str:
    y = scale.y(limit)
    return f'<path stroke="#c92a2a" stroke-dasharray="6 4" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
