"""What a widget shows: its metrics, expressions and searches, asked of CloudWatch's API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

#: ``SEARCH('{Namespace,Dimension,...} term term', 'Stat', period)``, with names in quotes that need them.
_SEARCH = re.compile(r"SEARCH\('\{([^}]*)\}\s*(.*?)', '(\w+)', (\d+)\)")
_TERM = re.compile(r'(NOT )?(\w+)="([^"]*)"')
PALETTE = ("#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b", "#17becf", "#bcbd22", "#e377c2")


@dataclass
class Line:
    """One line of a picture.

    Attributes:
        label: as the legend has it.
        colour: of CSS.
        right: whether it is measured by the axis on the right.
        points: seconds and values, oldest first.
    """

    label: str
    colour: str
    right: bool = False
    points: list[tuple[float, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Span:
    """Seconds from which and until when a picture shows."""

    start: float
    end: float


class Reader:
    """Asks CloudWatch.

    Args:
        cloudwatch: a boto3 client.
        span: what is shown.
    """

    def __init__(self, cloudwatch: Any, span: Span) -> None:
        self.cloudwatch = cloudwatch
        self.span = span

    def lines(self, properties: Mapping[str, Any]) -> list[Line]:
        """Return the lines of a metric widget."""
        entries = list(self._entries(properties))
        shown = {query["Id"]: options for query, options in entries if options.get("visible", True)}
        if not shown:
            return []
        points = self._points([{**query, "ReturnData": query["Id"] in shown} for query, _ in entries])
        colours = iter(PALETTE * len(shown))
        return [
            Line(
                options.get("label") or name,
                options.get("color") or next(colours),
                options.get("yAxis") == "right",
                points.get(name, []),
            )
            for name, options in shown.items()
        ]

    def _points(self, queries: list[dict[str, Any]]) -> dict[str, list[tuple[float, float]]]:
        """Return seconds and values of each query that returns data."""
        found: dict[str, list[tuple[float, float]]] = {}
        pages = self.cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=self.span.start, EndTime=self.span.end, ScanBy="TimestampAscending"
        )
        for one in (one for page in pages for one in page["MetricDataResults"]):
            moments = [moment.timestamp() for moment in one["Timestamps"]]
            found.setdefault(one["Id"], []).extend(zip(moments, one["Values"], strict=True))
        return found

    def _entries(self, properties: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Yield a query and its options for each entry of ``metrics``, and for each thing that a search finds."""
        for number, entry in enumerate(properties["metrics"]):
            options = dict(entry[-1]) if isinstance(entry[-1], dict) else {}
            name, expression = options.get("id", f"m{number}"), options.get("expression", "")
            if expression.startswith("SEARCH("):
                yield from self._found(name, expression)
            elif expression:
                yield {"Id": name, "Expression": expression, "Period": properties["period"]}, options
            else:
                words = [word for word in entry if not isinstance(word, dict)]
                options = {"label": words[-1], **options}
                yield _query(name, words, options.get("stat", properties["stat"]), properties["period"]), options

    def _found(self, name: str, expression: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        match = _SEARCH.fullmatch(expression)
        if match is None:
            raise ValueError(f"a search is {expression!r}; known are those with a schema and terms of equality")
        schema, terms = [name.strip().strip('"') for name in match[1].split(",")], _TERM.findall(match[2])
        listed = self.cloudwatch.get_paginator("list_metrics").paginate(Namespace=schema[0])
        metrics = [one for page in listed for one in page["Metrics"] if _fits(one, schema[1:], terms)]
        for number, one in enumerate(sorted(metrics, key=str)):
            own = [pair["Value"] for pair in one["Dimensions"] if (pair["Name"], pair["Value"]) not in _named(terms)]
            words = [schema[0], one["MetricName"], *_pairs(one["Dimensions"])]
            label = " ".join(own) or one["MetricName"]
            yield _query(f"{name}{number}", words, match[3], int(match[4])), {"label": label}


def _named(terms: Iterable[tuple[str, str, str]]) -> set[tuple[str, str]]:
    return {(name, value) for negated, name, value in terms if not negated}


def _fits(metric: Mapping[str, Any], names: Sequence[str], terms: Iterable[tuple[str, str, str]]) -> bool:
    values = {pair["Name"]: pair["Value"] for pair in metric["Dimensions"]}
    known = {**values, "MetricName": metric["MetricName"]}
    return set(values) == set(names) and all(
        (known.get(name) == value) != bool(negated) for negated, name, value in terms
    )


def _pairs(dimensions: Iterable[Mapping[str, str]]) -> list[str]:
    return [word for pair in dimensions for word in (pair["Name"], pair["Value"])]


def _query(name: str, words: Sequence[str], stat: str, period: int) -> dict[str, Any]:
    pairs = [{"Name": key, "Value": value} for key, value in zip(words[2::2], words[3::2], strict=True)]
    metric = {"Namespace": words[0], "MetricName": words[1], "Dimensions": pairs}
    return {"Id": name, "MetricStat": {"Metric": metric, "Stat": stat, "Period": period}}
