"""Lines over time as SVG, as the console draws a metric widget: axes, lines, areas, limits, points in time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from rehearsal.pictures.data import Line, Span

LEFT, RIGHT, TOP, BOTTOM, GRID = 48.0, 14.0, 34.0, 42.0, 4
LETTER = 5.8
#: Points of a line that are further apart are not joined.
GAP = 150.0


class Frame(NamedTuple):
    """Where a plot is, and what it measures."""

    x: float
    y: float
    width: float
    height: float
    span: Span
    most: float

    def across(self, moment: float) -> float:
        """Return where a moment is."""
        share = (moment - self.span.start) / max(1.0, self.span.end - self.span.start)
        return self.x + LEFT + (self.width - LEFT - RIGHT) * min(1.0, max(0.0, share))

    def up(self, value: float) -> float:
        """Return where a value is."""
        share = min(value, self.most) / self.most
        return self.y + self.height - BOTTOM - (self.height - TOP - BOTTOM) * share


def plot(
    place: tuple[float, float, float, float], span: Span, lines: Sequence[Line], properties: Mapping[str, Any]
) -> str:
    """Return the SVG of a metric widget.

    Args:
        place: left, top, width and height in pixels.
        span: of the horizontal axis.
        lines: those of the right axis are points in time.
        properties: of the widget.
    """
    left = [line for line in lines if not line.right]
    limits = properties.get("annotations", {}).get("horizontal", [])
    frame = Frame(*place, span, _top(left, properties, limits))
    drawn = [*_grid(frame), *_limits(frame, limits)]
    drawn += _areas(frame, left) if properties.get("stacked") else [_line(frame, line) for line in left]
    marks = [(moment, line) for line in lines if line.right for moment, value in line.points if value]
    return "\n".join([*drawn, *_marks(frame, marks), *_legend(frame, lines)])


def _top(lines: Iterable[Line], properties: Mapping[str, Any], limits: Iterable[Mapping[str, Any]]) -> float:
    fixed = properties.get("yAxis", {}).get("left", {}).get("max")
    if fixed:
        return float(fixed)
    if properties.get("stacked"):
        sums: dict[float, float] = {}
        for line in lines:
            for moment, value in line.points:
                sums[moment] = sums.get(moment, 0.0) + value
        values = list(sums.values())
    else:
        values = [value for line in lines for _, value in line.points]
    return round_up(max([*values, *(1.2 * float(one["value"]) for one in limits)], default=1.0))


def round_up(value: float) -> float:
    """Return the next number whose quarters are easy to read."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(step * unit for step in (1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10) if step * unit >= value)


def _grid(frame: Frame) -> Iterator[str]:
    low, high = frame.across(frame.span.start), frame.across(frame.span.end)
    for step in range(GRID + 1):
        value = frame.most * step / GRID
        y = frame.up(value)
        yield f'<path class="grid" d="M{low:.1f} {y:.1f}H{high:.1f}"/>'
        yield f'<text class="axis" x="{low - 6:.1f}" y="{y + 3.5:.1f}" text-anchor="end">{short(value)}</text>'
    minutes = (frame.span.end - frame.span.start) / 60
    every = max(1, round_up(minutes / 5))
    for number in range(int(minutes // every) + 1):
        x, y = frame.across(frame.span.start + 60 * every * number), frame.up(0)
        yield f'<path class="grid" d="M{x:.1f} {y:.1f}v4"/>'
        anchor = "end" if x > high - 20 else "middle"
        yield f'<text class="axis" x="{x:.1f}" y="{y + 15:.1f}" text-anchor="{anchor}">{every * number:g} min</text>'


def short(value: float) -> str:
    """Return a number in a few letters."""
    for unit, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= unit:
            return f"{value / unit:.3g}{sign}"
    return f"{value:.3g}"


def _line(frame: Frame, line: Line) -> str:
    parts = []
    for run in _runs(line.points):
        if len(run) == 1:
            x, y = frame.across(run[0][0]), frame.up(run[0][1])
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{line.colour}"/>')
        else:
            path = " ".join(f"{frame.across(at):.1f},{frame.up(value):.1f}" for at, value in run)
            parts.append(f'<polyline class="line" stroke="{line.colour}" points="{path}"/>')
    return "".join(parts)


def _runs(points: Sequence[tuple[float, float]]) -> Iterator[list[tuple[float, float]]]:
    run: list[tuple[float, float]] = []
    for point in points:
        if run and point[0] - run[-1][0] > GAP:
            yield run
            run = []
        run.append(point)
    if run:
        yield run


def _areas(frame: Frame, lines: Sequence[Line]) -> list[str]:
    moments = sorted({at for line in lines for at, _ in line.points})
    below, drawn = dict.fromkeys(moments, 0.0), []
    for line in lines:
        own = dict(line.points)
        above = {at: below[at] + own.get(at, 0.0) for at in moments}
        edge = [*((at, above[at]) for at in moments), *((at, below[at]) for at in reversed(moments))]
        path = " ".join(f"{frame.across(at):.1f},{frame.up(value):.1f}" for at, value in edge)
        drawn.append(f'<polygon fill="{line.colour}" fill-opacity="0.75" points="{path}"/>')
        below = above
    return drawn


def _limits(frame: Frame, limits: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    low, high = frame.across(frame.span.start), frame.across(frame.span.end)
    for one in limits:
        y, colour = frame.up(float(one["value"])), one.get("color", "#d62728")
        yield f'<path stroke="{colour}" stroke-dasharray="5 4" d="M{low:.1f} {y:.1f}H{high:.1f}"/>'
        text, where = escape(one["label"]), f'x="{high:.1f}" y="{y - 4:.1f}"'
        yield f'<text class="axis" style="fill:{colour}" {where} text-anchor="end">{text}</text>'


def _marks(frame: Frame, marks: Iterable[tuple[float, Line]]) -> Iterator[str]:
    for number, (moment, line) in enumerate(sorted(marks, key=lambda mark: mark[0])):
        x, top, bottom = frame.across(moment), frame.up(frame.most), frame.up(0)
        anchor, shift = ("end", -4) if x > frame.x + 0.7 * frame.width else ("start", 4)
        yield f'<path stroke="{line.colour}" stroke-width="1.5" d="M{x:.1f} {top:.1f}V{bottom:.1f}"/>'
        yield f'<circle cx="{x:.1f}" cy="{top:.1f}" r="3" fill="{line.colour}"/>'
        yield (
            f'<text class="mark" style="fill:{line.colour}" x="{x + shift:.1f}" y="{top + 9 + 13 * (number % 3):.1f}"'
            f' text-anchor="{anchor}">{escape(line.label)}</text>'
        )


def _legend(frame: Frame, lines: Sequence[Line]) -> Iterator[str]:
    x, y = frame.x + LEFT, frame.y + frame.height - 10
    labels: dict[str, str] = {}
    for line in lines:
        if line.points:
            labels.setdefault(line.label, line.colour)
    for label, colour in labels.items():
        width = 16 + LETTER * len(label)
        if x + width > frame.x + frame.width - RIGHT:
            break
        yield f'<rect x="{x:.1f}" y="{y - 8:.1f}" width="9" height="9" rx="2" fill="{colour}"/>'
        yield f'<text class="axis" x="{x + 13:.1f}" y="{y:.1f}">{escape(label)}</text>'
        x += width + 10
