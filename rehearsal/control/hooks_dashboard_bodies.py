"""What PutDashboard refuses.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from rehearsal.control.overlay import Call, Refused, before

MOST_WIDGETS, MOST_METRICS, COLUMNS, LOWEST = 500, 500, 24, 1000
#: Properties that each type of widget needs.
NEEDED = {
    "metric": ("metrics", "region"),
    "alarm": ("alarms",),
    "log": ("query", "region"),
    "text": ("markdown",),
    "explorer": (),
    "custom": ("endpoint",),
}
#: What a search looks through: a namespace and names of dimensions, of which some are in quotes.
#: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
SCHEMA = re.compile(r"SEARCH\(\s*'\s*\{([^}]*)\}")
#: Names in quotes, and those that need none; the namespaces of AWS itself have a slash.
PLAIN = re.compile(r'[A-Za-z0-9/]+|"[^"]+"')
VIEWS = ("timeSeries", "singleValue", "gauge", "bar", "pie", "table")


@before("cloudwatch", "PutDashboard")
def check_body(call: Call) -> None:
    """Refuse a body that is none."""
    try:
        body = json.loads(call.params["DashboardBody"])
    except ValueError:
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("widgets"), list):
        raise Refused("InvalidParameterInput", "The field DashboardBody must be a valid JSON object with widgets")
    mistakes = list(_mistakes(body["widgets"]))
    if mistakes:
        text = f"The dashboard body is invalid, there are {len(mistakes)} validation errors: {'; '.join(mistakes[:5])}"
        raise Refused("InvalidParameterInput", text)


def _mistakes(widgets: list[Any]) -> Iterator[str]:
    if len(widgets) > MOST_WIDGETS:
        yield f"/widgets should have at most {MOST_WIDGETS} items"
    for number, widget in enumerate(widgets):
        place, kind = f"/widgets/{number}", widget.get("type")
        if kind not in NEEDED:
            yield f"{place}/type should be one of {', '.join(NEEDED)}"
            continue
        properties = widget.get("properties", {})
        yield from _misplaced(place, widget)
        yield from (f"{place}/properties should have {name}" for name in NEEDED[kind] if name not in properties)
        if kind == "metric":
            yield from _of_metrics(f"{place}/properties", properties)


def _misplaced(place: str, widget: dict[str, Any]) -> Iterator[str]:
    x, width = widget.get("x", 0), widget.get("width", 6)
    if not 0 <= x < COLUMNS or not 1 <= width <= COLUMNS or x + width > COLUMNS:
        yield f"{place} should lie within {COLUMNS} columns"
    if widget.get("y", 0) < 0 or not 1 <= widget.get("height", 6) <= LOWEST:
        yield f"{place}/height should be from 1 to {LOWEST}"


def _of_metrics(place: str, properties: dict[str, Any]) -> Iterator[str]:
    if properties.get("view", "timeSeries") not in VIEWS:
        yield f"{place}/view should be one of {', '.join(VIEWS)}"
    metrics = properties.get("metrics", [])
    if len(metrics) > MOST_METRICS:
        yield f"{place}/metrics should have at most {MOST_METRICS} items"
    for number, entry in enumerate(metrics):
        words = [word for word in entry if not isinstance(word, dict)] if isinstance(entry, list) else None
        options = entry[-1] if isinstance(entry, list) and entry and isinstance(entry[-1], dict) else {}
        if words is None or (not words and "expression" not in options) or (words and len(words) % 2):
            yield f"{place}/metrics/{number} should be namespace, name and pairs of dimensions, or an expression"
        for name in _unquoted(str(options.get("expression", ""))):
            yield f"{place}/metrics/{number} should have {name} in double quotes: it is not of letters and digits"


def _unquoted(expression: str) -> Iterator[str]:
    names = (name.strip() for schema in SCHEMA.findall(expression) for name in schema.split(","))
    return (name for name in names if not PLAIN.fullmatch(name))
