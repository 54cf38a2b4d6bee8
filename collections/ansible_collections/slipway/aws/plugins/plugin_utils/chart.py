"""Charts of a report: lines over time as SVG, without anything from outside."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

#: As wide as a phone shows it at full size, so that its text can be read there; two stand side by side on paper.
WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 40, 10, 44, 24
GRID = 4
#: About as wide as a letter.
LETTER = 6.2
#: Minutes between two numbers below a chart, and how many of them there is room for.
TICKS = (0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440)
MOST_TICKS = 6
Points = Sequence[tuple[float, float]]
#: Minute and what happened, drawn as a thin line through all charts.
Marks = Sequence[tuple[float, str]]


class Frame(NamedTuple):
    """What all charts of a report share: how many minutes they show, and moments of note."""

    minutes: float
    marks: Marks = ()


class Style(NamedTuple):
    """What a chart has to itself.

    Attributes:
        limit: drawn as a dashed line, when there is one.
        most: the scale goes at least so far.
        steps: names of lines whose values hold until the next point.
    """

    limit: float = 0
    most: float = 0
    steps: Sequence[str] = ()


PLAIN = Style()


class Scale(NamedTuple):
    """From minutes and values to the picture's coordinates."""

    minutes: float
    most: float

    def x(self, minute: float) -> float:
        """Return where a minute is."""
        return LEFT + (WIDTH - LEFT - RIGHT) * min(max(0.0, minute), self.minutes) / self.minutes

    def y(self, value: float) -> float:
        """Return where a value is; what is above the scale stays at its edge."""
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(value, self.most) / self.most


def chart(title: str, lines: Mapping[str, Points], frame: Frame, style: Style = PLAIN) -> str:
    """Return an SVG of lines over minutes.

    Args:
        title: what is shown, with its unit.
        lines: points of minute and value, by name.
        frame: what all charts of a report share.
        style: what this one has to itself.
    """
    values = [style.limit, style.most, *(value for line in lines.values() for _, value in line)]
    scale = Scale(max(frame.minutes, 1 / 60), round_up(max(values)))
    drawn = [
        _line(scale, _stairs(line, scale.minutes) if name in style.steps else line, place)
        for place, (name, line) in enumerate(lines.items())
    ]
    head = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
    dashes = [_limit(scale, style.limit)] if style.limit else []
    below = [head, _title(title, list(lines)), *_grid(scale), *_marks(scale, frame.marks)]
    return "\n".join([*below, *dashes, *drawn, "</svg>"])


def round_up(value: float) -> float:
    """Return the next number whose quarters are easy to read."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(step * unit for step in (1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10) if step * unit >= value * (1 - 1e-9))


def _stairs(points: Points, end: float) -> Points:
    """Return points between which the value does not rise slowly, but at once."""
    drawn: list[tuple[float, float]] = []
    for minute, value in points:
        if drawn:
            drawn.append((minute, drawn[-1][1]))
        drawn.append((minute, value))
    return [*drawn, (end, drawn[-1][1])] if drawn else []


def _title(title: str, names: list[str]) -> str:
    text, left = f'<text x="{LEFT}" y="14" class="title">{escape(title)}</text>', float(LEFT)
    for place, name in enumerate(names):
        text += (
            f'<path class="line{place}" d="M{left:.0f} 28h14"/><text x="{left + 18:.0f}" y="32">{escape(name)}</text>'
        )
        left += 34 + LETTER * len(name)
    return text


def _grid(scale: Scale) -> list[str]:
    drawn = []
    for step in range(GRID + 1):
        value = scale.most * step / GRID
        y = scale.y(value)
        drawn.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        drawn.append(f'<text x="{LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{value:.3g}</text>')
    return drawn + _minutes(scale)


def _minutes(scale: Scale) -> list[str]:
    """Return the texts below: round minutes, and the unit with the last."""
    apart = next((ticks for ticks in TICKS if scale.minutes / ticks <= MOST_TICKS), TICKS[-1])
    minutes = [place * apart for place in range(int(scale.minutes / apart) + 1)]
    return [
        _tick(scale.x(minute), f"{minute:g}{' min' if minute == minutes[-1] and minute else ''}") for minute in minutes
    ]


def _tick(x: float, text: str) -> str:
    """Return a text below a point, moved to the left where it would leave the picture."""
    half = LETTER * len(text) / 2
    return f'<text x="{min(x, WIDTH - half):.1f}" y="{HEIGHT - 7}" text-anchor="middle">{text}</text>'


def _marks(scale: Scale, marks: Marks) -> list[str]:
    return [
        f'<path class="mark" d="M{scale.x(minute):.1f} {TOP}V{HEIGHT - BOTTOM}"><title>{escape(text)}</title></path>'
        for minute, text in marks
    ]


def _line(scale: Scale, points: Points, place: int) -> str:
    path = " ".join(f"{scale.x(minute):.1f},{scale.y(value):.1f}" for minute, value in points)
    dots = "".join(
        f'<circle class="dot{place}" cx="{scale.x(minute):.1f}" cy="{scale.y(value):.1f}" r="2"/>'
        for minute, value in (points if len(points) < GRID else ())
    )
    return f'<polyline class="line{place}" points="{path}"/>{dots}'


def _limit(scale: Scale, limit: float) -> str:
    return f'<path class="limit" d="M{LEFT} {scale.y(limit):.1f}H{WIDTH - RIGHT}"/>'
