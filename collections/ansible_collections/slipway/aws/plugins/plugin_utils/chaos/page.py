"""The page of a run of experiments: what users got while something was disturbed, and before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from ..chart import Frame, Points, Style, chart
from ..html_page import charts, heading, html_page, section, wide_table
from ..release.counted import MINUTE
from .hypothesis import AGAINST, WHOLE

Record = Mapping[str, Any]
MOMENTS = {"begun": "the disturbance begins", "ended": "it ends", "settled": "what follows counts as after it"}
#: What counts against an objective; the line is how much of it the objective allows.
TITLES = {"availability": "Availability: failed requests", "latency": "Latency: slow requests"}
HEAD = ("phase", "objective", "requests", "measured, %", "promised, %", "")


def chaos_page(report: Mapping[str, Any]) -> str:
    """Return the page.

    Args:
        report: of :func:`report.report`.
    """
    title = f"Experiments in {report['environment']}, looked at through {report['service']}"
    told = [f"<p class='bad'>{escape(problem)}</p>" for problem in report["problems"]]
    parts = [section(f"{one['name']}: {one['outcome']}", _experiment(one)) for one in report["experiments"]]
    return html_page(title, [heading(title, "failed" if told else "passed", good=not told), *told, *parts])


def _experiment(record: Record) -> str:
    return f"<p>{escape(_lead(record))}</p>{_charts(record)}{wide_table(HEAD, _rows(record))}"


def _lead(record: Record) -> str:
    told = [f"Hypothesis: {record['hypothesis']}."]
    if record["exceptions"]:
        told.append(f"Meanwhile {' and '.join(record['exceptions'])} may be missed.")
    if record["reason"]:
        told.append(f"{record['reason']}.")
    if "begun" in record["times"]:
        ended = f", ended at {record['ended_text']}" if "ended" in record["times"] else ""
        hit = "".join(f"; {name}: {one['mode']} of {one['type']}" for name, one in record["hit"].items())
        told.append(f"Begun at {record['begun_text']}{ended}{hit}.")
    return " ".join(told)


def _charts(record: Record) -> str:
    minutes = record["minutes"]
    if not minutes:
        return ""
    first = minutes[0]["at"]
    marks = [
        ((record["times"][name] - first) / MINUTE, text) for name, text in MOMENTS.items() if name in record["times"]
    ]
    frame = Frame((minutes[-1]["at"] - first) / MINUTE + 1, marks)
    drawn = [
        chart(f"{TITLES[name]}, %", {count: _share(record, count)}, frame, Style(limit=WHOLE - promised))
        for name, count in AGAINST.items()
        if (promised := _promised(record, name))
    ]
    counts = {name: _points(record, name) for name in ("requests", "errors")}
    return charts([*drawn, chart("Requests and errors a minute", counts, frame)])


def _promised(record: Record, name: str) -> float:
    found = [one["objective"] for one in record["findings"] if one["name"] == name]
    return float(found[0]) if found else 0.0


def _points(record: Record, count: str) -> Points:
    """Return a count of each minute, at its middle."""
    minutes = record["minutes"]
    return [((one["at"] - minutes[0]["at"]) / MINUTE + 0.5, float(one[count])) for one in minutes]


def _share(record: Record, count: str) -> Points:
    both = zip(_points(record, count), _points(record, "requests"), strict=True)
    return [(minute, WHOLE * bad / every) for (minute, bad), (_, every) in both if every]


def _rows(record: Record) -> Iterator[list[str]]:
    for one in record["findings"]:
        measured = "-" if one["measured"] is None else f"{one['measured']:g}"
        yield [
            one["phase"],
            one["name"],
            str(record["requests"][one["phase"]]),
            measured,
            f"{one['objective']:g}",
            one["verdict"],
        ]
