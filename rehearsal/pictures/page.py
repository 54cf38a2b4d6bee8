"""A dashboard as one SVG: its widgets where its definition puts them, with what CloudWatch answers now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from rehearsal.pictures.data import Reader, Span
from rehearsal.pictures.plot import plot

COLUMN, ROW, GAP = 52.0, 40.0, 8.0
#: Columns and rows of a widget of an excerpt.
EXCERPT = (18, 5)
Widget = dict[str, Any]
STATES = {"OK": "#2b8a3e", "ALARM": "#c92a2a", "INSUFFICIENT_DATA": "#868e96"}
STYLE = """
text{font:12px system-ui,'Noto Sans',Helvetica,Arial,sans-serif;fill:#16191f}
.head{font-size:19px;font-weight:700}.title{font-size:13px;font-weight:600}.axis{font-size:10.5px;fill:#545b64}
.mark{font-size:10.5px;font-weight:700}.grid{stroke:#eaeded;fill:none}.line{fill:none;stroke-width:1.7;stroke-linejoin:round}
.card{fill:#fff;stroke:#d5dbdb}
"""


def draw(cloudwatch: Any, name: str, span: Span, path: Path) -> Path:
    """Draw a dashboard.

    Args:
        cloudwatch: a boto3 client.
        name: of the dashboard.
        span: what to show.
        path: of the picture.
    """
    return _write(Reader(cloudwatch, span), _widgets(cloudwatch, name), path)


def excerpt(cloudwatch: Any, name: str, titles: Sequence[str], span: Span, path: Path) -> Path:
    """Draw some widgets of a dashboard under each other, each over the whole width.

    Args:
        cloudwatch: a boto3 client.
        name: of the dashboard.
        titles: of the widgets, in order.
        span: what to show.
        path: of the picture.
    """
    found = {one["properties"].get("title"): one for one in _widgets(cloudwatch, name)}
    rows = [found[title] for title in titles if title in found]
    place = {"x": 0, "width": EXCERPT[0], "height": EXCERPT[1]}
    return _write(
        Reader(cloudwatch, span), [{**one, **place, "y": EXCERPT[1] * row} for row, one in enumerate(rows)], path
    )


def _widgets(cloudwatch: Any, name: str) -> list[Widget]:
    found: list[Widget] = json.loads(cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"])["widgets"]
    return found


def _write(reader: Reader, widgets: Sequence[Widget], path: Path) -> Path:
    parts = [_widget(reader, widget) for widget in widgets]
    height = max(one["y"] + one["height"] for one in widgets) * ROW + GAP
    width = max(one["x"] + one["width"] for one in widgets) * COLUMN + GAP
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    background = f'<style>{STYLE}</style><rect width="{width:g}" height="{height:g}" fill="#f2f3f3"/>'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([head, background, *parts, "</svg>"]) + "\n", encoding="utf-8")
    return path


def _widget(reader: Reader, widget: Mapping[str, Any]) -> str:
    x, y = GAP + widget["x"] * COLUMN, GAP + widget["y"] * ROW
    place = (x, y, widget["width"] * COLUMN - GAP, widget["height"] * ROW - GAP)
    properties = widget["properties"]
    card = f'<rect class="card" x="{x:g}" y="{y:g}" width="{place[2]:g}" height="{place[3]:g}" rx="6"/>'
    title = _text("title", x + 14, y + 22, properties.get("title", ""))
    return "\n".join([card, title, *_KINDS[widget["type"]](reader, place, properties)])


Place = tuple[float, float, float, float]


def _text(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(text)}</text>'


def _metric(reader: Reader, place: Place, properties: Mapping[str, Any]) -> list[str]:
    return [plot(place, reader.span, reader.lines(properties), properties)]


def _markdown(_reader: Reader, place: Place, properties: Mapping[str, Any]) -> list[str]:
    lines = properties["markdown"].splitlines()
    kinds = ["head" if line.startswith("# ") else "" for line in lines]
    return [
        _text(kind, place[0] + 14, place[1] + 27 + 24 * number, line.removeprefix("# "))
        for number, (kind, line) in enumerate(zip(kinds, lines, strict=True))
    ]


def _alarms(reader: Reader, place: Place, properties: Mapping[str, Any]) -> list[str]:
    names = [arn.rpartition(":")[2] for arn in properties["alarms"]]
    found = reader.cloudwatch.describe_alarms(AlarmNames=names, AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    there = {one["AlarmName"]: one["StateValue"] for one in found["MetricAlarms"] + found["CompositeAlarms"]}
    drawn = []
    for number, name in enumerate(names):
        x, y = place[0] + 14, place[1] + 48 + 24 * number
        drawn.append(
            f'<circle cx="{x + 5:g}" cy="{y - 4:g}" r="5" fill="{STATES.get(there.get(name, ""), "#868e96")}"/>'
        )
        drawn.append(_text("", x + 18, y, f"{name}  {there.get(name, 'is not there')}"))
    return drawn


def _log(_reader: Reader, place: Place, properties: Mapping[str, Any]) -> list[str]:
    """Show the query: the local cloud keeps logs, and does not run Logs Insights over them."""
    parts = properties["query"].split(" | ")
    return [_text("axis", place[0] + 14, place[1] + 46 + 18 * number, part) for number, part in enumerate(parts)]


_KINDS = {"metric": _metric, "text": _markdown, "alarm": _alarms, "log": _log}
