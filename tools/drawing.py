"""A few shapes and texts as SVG, readable in light and dark mode, refused where a text would leave its shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

FONT = "-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif"
MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"
#: Class of a text to its size in pixels and whether every letter is as wide.
SIZES = {"h": (15.0, False), "t": (13.0, False), "s": (11.0, False), "c": (11.0, True), "l": (11.0, False)}
#: The head of an arrow.
HEAD = (
    '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path class="head" d="M0,0 L8,4 L0,8 z"/></marker>'
)
LINE = 15.0
PADDING = 9.0
NARROW, WIDE = set("ijltfrI.,:;'|!()[]/- "), set("mwMW@%")
#: Widths of letters by their size, generous: readers have other fonts than we do.
NARROW_WIDTH, USUAL_WIDTH, CAPITAL_WIDTH, WIDE_WIDTH, MONO_WIDTH, BOLD = 0.36, 0.57, 0.70, 0.89, 0.61, 1.06

LIGHT = {
    "page": "#ffffff",
    "edge": "#d0d7de",
    "text": "#1f2328",
    "muted": "#59636e",
    "code": "#0550ae",
    "band": "#f6f8fa",
    "band-edge": "#d0d7de",
    "aws": "#ffffff",
    "aws-edge": "#818b98",
    "local": "#fff8f0",
    "local-edge": "#bc4c00",
    "ours": "#eef6ff",
    "ours-edge": "#0969da",
}
DARK = {
    "page": "#0d1117",
    "edge": "#3d444d",
    "text": "#f0f6fc",
    "muted": "#a5afba",
    "code": "#79c0ff",
    "band": "#151b23",
    "band-edge": "#3d444d",
    "aws": "#212830",
    "aws-edge": "#848d97",
    "local": "#2b1d10",
    "local-edge": "#db6d28",
    "ours": "#10243e",
    "ours-edge": "#4493f8",
}


class DrawingError(Exception):
    """Something does not fit."""


@dataclass(frozen=True)
class Box:
    """A rectangle with a title, lines, and in blue what makes it.

    Attributes:
        x: left; y: top; width, height: in pixels.
        title: first line.
        lines: lines below it.
        code: last line, e.g. a role.
        kind: ``aws``, ``local``, ``ours`` or ``band``.
    """

    x: float
    y: float
    width: float
    height: float
    title: str = ""
    lines: tuple[str, ...] = ()
    code: str = ""
    kind: str = "aws"

    def rows(self) -> list[tuple[str, str]]:
        """Return class and text of each line."""
        title = [("t" if self.kind != "band" else "l", self.title)] if self.title else []
        return [*title, *(("s", line) for line in self.lines), *([("c", self.code)] if self.code else [])]

    def overlaps(self, other: Box) -> bool:
        """Say whether two boxes share a point of the plane."""
        across = self.x < other.x + other.width and other.x < self.x + self.width
        return across and self.y < other.y + other.height and other.y < self.y + self.height


def text_width(kind: str, text: str) -> float:
    """Return about how many pixels a text takes, rather too many than too few."""
    size, mono = SIZES[kind]
    if mono:
        return size * MONO_WIDTH * len(text)
    width = sum(map(_letter, text)) * size
    return width * BOLD if kind in {"h", "t"} else width


def _letter(letter: str) -> float:
    if letter in NARROW:
        return NARROW_WIDTH
    if letter in WIDE:
        return WIDE_WIDTH
    return CAPITAL_WIDTH if letter.isupper() else USUAL_WIDTH


@dataclass
class Drawing:
    """A picture that grows.

    Attributes:
        width: in pixels; height: likewise.
        title: for those who cannot see it; description: likewise, longer.
        source: the program that writes it.
    """

    width: float
    height: float
    title: str
    description: str
    source: str
    boxes: list[Box] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)

    def box(self, box: Box) -> Box:
        """Draw a box.

        Raises:
            DrawingError: a text is wider than the box, or the lines are higher, or it lies outside of the picture.
        """
        rows = box.rows()
        for kind, text in rows:
            if text_width(kind, text) > box.width - 2 * PADDING:
                raise DrawingError(f"{text!r} is wider than its box")
        high = len(rows) * LINE + PADDING
        if box.kind != "band" and high > box.height:
            raise DrawingError(f"{box.title!r} has {len(rows)} lines, more than fit")
        if box.x < 0 or box.y < 0 or box.x + box.width > self.width or box.y + box.height > self.height:
            raise DrawingError(f"{box.title!r} lies outside of the picture")
        self.boxes.append(box)
        size = f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"'
        self._parts.append(f'<rect class="{box.kind}" {size} rx="6"/>')
        top = box.y if box.kind == "band" else box.y + (box.height - high) / 2
        for number, (kind, text) in enumerate(rows):
            self._text(box.x + PADDING, top + LINE * (number + 1), kind, text)
        return box

    def label(self, x: float, y: float, text: str, kind: str = "l") -> None:
        """Write a text that begins at a point."""
        if x + text_width(kind, text) > self.width:
            raise DrawingError(f"{text!r} leaves the picture")
        self._text(x, y, kind, text)

    def _text(self, x: float, y: float, kind: str, text: str) -> None:
        self._parts.append(f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(text)}</text>')

    def arrow(self, *points: tuple[float, float], dashed: bool = False, head: bool = True) -> None:
        """Draw a line through points, with a head at its end."""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        names = "line dashed" if dashed else "line"
        end = ' marker-end="url(#head)"' if head else ""
        self._parts.append(f'<polyline class="{names}" points="{path}"{end}/>')

    def svg(self) -> str:
        """Return the picture."""
        size = f'width="{self.width:g}" height="{self.height:g}" viewBox="0 0 {self.width:g} {self.height:g}"'
        edge = f'x="0.5" y="0.5" width="{self.width - 1:g}" height="{self.height - 1:g}"'
        lines = [
            f"<!-- Written by `make docs`; change {self.source} instead. -->",
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title description">',
            f'<title id="title">{escape(self.title)}</title>',
            f'<desc id="description">{escape(self.description)}</desc>',
            f"<style>\n{_shapes()}\n{_colours(LIGHT)}\n@media (prefers-color-scheme: dark) {{",
            f"{_colours(DARK)}\n}}\n</style>",
            f"<defs>{HEAD}</defs>",
            f'<rect class="page" {edge} rx="8"/>',
            *self._parts,
            "</svg>",
        ]
        return "\n".join([*lines, ""])


def _shapes() -> str:
    texts = [f".{name} {{ font: {size:g}px {MONO if mono else FONT} }}" for name, (size, mono) in SIZES.items()]
    bold = ".h, .t { font-weight: 600 }"
    return "\n".join([*texts, bold, ".line { fill: none; stroke-width: 1.5 }", ".dashed { stroke-dasharray: 4 4 }"])


def _colours(of: dict[str, str]) -> str:
    kinds = [
        f".{kind} {{ fill: {of[kind]}; stroke: {of[f'{kind}-edge']} }}" for kind in ("aws", "local", "ours", "band")
    ]
    return "\n".join(
        [
            f".page {{ fill: {of['page']}; stroke: {of['edge']} }}",
            *kinds,
            f".h, .t {{ fill: {of['text']} }}",
            f".s, .l {{ fill: {of['muted']} }}",
            f".c {{ fill: {of['code']} }}",
            f".line {{ stroke: {of['muted']} }} .head {{ fill: {of['muted']} }}",
        ]
    )
