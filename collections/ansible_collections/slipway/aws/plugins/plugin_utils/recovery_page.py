"""The page of a restore drill or a failover: what was measured, where the time went, what became of the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from .bars import Bar, bars
from .html_page import charts, figures, heading, html_page, section, wide_table
from .recovery_objectives import minutes

Report = Mapping[str, Any]
#: What was measured, for people.
MEASURED = {"rto": "until data could be used", "rpo": "of the newest data not yet restorable"}
WHOLE = 100
#: Letters of a time up to its seconds.
SECONDS = 19


def recovery_page(title: str, report: Report) -> str:
    """Return the page.

    Args:
        title: what was done.
        report: of :func:`drill.report` or :func:`failover.report`.
    """
    told = [f"<p class='bad'>{escape(problem)}</p>" for problem in report["problems"]]
    return html_page(
        title,
        [
            heading(title, "failed" if told else "passed", good=not told),
            f"<p class='reason'>{escape(_lead(report))}</p>",
            *told,
            figures(
                (
                    f"{minutes(report['measured'][name])} of {minutes(report['objectives'][name])}",
                    f"{name.upper()}, {what}",
                )
                for name, what in MEASURED.items()
            ),
            section("Objectives, and where the time went", charts([_objectives(report), _timeline(report)])),
            section("Data", wide_table(HEAD, _rows(report.get("tables", [])))),
        ],
    )


def _lead(report: Report) -> str:
    if "instance" in report:
        return f"{report['instance']} as it was at {report['moment']}; begun at {report['begun']}."
    how = "Unplanned" if report["unplanned"] else "Planned"
    data = f"The data is that of {report['restored_to']}: {report['lost']}."
    return f"{how}, from {report['source']}; begun at {report['begun']}. {data}"


def _objectives(report: Report) -> str:
    """Return what was measured in per cent of what is allowed; the line is the objective."""
    rows = []
    for name in MEASURED:
        seconds, allowed = report["measured"][name], report["objectives"][name]
        share = WHOLE * seconds / allowed if allowed else (2 * WHOLE if seconds else 0)
        kind = "good" if seconds <= allowed else "bad"
        rows.append(Bar(name.upper(), f"{minutes(seconds)} of {minutes(allowed)}", share, kind=kind))
    return bars("Measured, the line is the objective", rows, limit=WHOLE)


def _timeline(report: Report) -> str:
    rows, begun = [], 0
    for phase in report["phases"]:
        ended = begun + phase["seconds"]
        rows.append(Bar(phase["name"], minutes(phase["seconds"]), ended, begun))
        begun = ended
    return bars(f"From begin to end, {minutes(begun)}", rows)


HEAD = ("table", "rows before", "restored", "after", "newest row", "")


def _rows(tables: list[Mapping[str, Any]]) -> Iterator[list[str]]:
    for row in tables:
        counts = ["-" if row[name] is None else str(row[name]) for name in ("before", "restored", "after")]
        yield [row["table"], *counts, (row["newest"] or "-")[:SECONDS], row["verdict"]]
