"""The report of a release: one page to read, and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from ..html_page import figures, heading, html_page, section
from .journal import SUCCEEDED, WAITS, Entry
from .line import against, moment, rate, span, version
from .report_charts import charts
from .share import NOT_OBSERVED

Row = tuple[str, ...]


def write_report(entry: Entry, directory: str) -> str:
    """Write the report of an ended release and return a line about it; one that waits has none yet."""
    name = f"{entry['service']} {version(entry['to'])}"
    if entry["status"] == WAITS:
        return f"{name}: {entry['events'][-1]['text']}"
    path = Path(directory).resolve() / f"{entry['service']}-{entry['number']:06d}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    for suffix, text in files(entry).items():
        path.with_suffix(suffix).write_text(text, encoding="utf-8")
    return f"{name}: {entry['status']}: {entry['reason']}; report: {path}"


def files(entry: Entry) -> dict[str, str]:
    """Return the report's files by the end of their names."""
    return {".html": page(entry), ".json": json.dumps(entry, indent=2)}


def page(entry: Entry) -> str:
    """Return the page; it needs nothing from anywhere else."""
    title = f"{entry['service']} {version(entry['to'])}"
    parts = [
        heading(title, entry["status"], good=entry["status"] == SUCCEEDED),
        f"<p class='reason'>{escape(entry['reason'])}</p>",
        _figures(entry),
        section("What both versions answered", charts(entry)),
        section("What was done", _table(_events(entry))),
        section("What was decided, and by what", _decisions(entry)),
        section("What is different in the new revision", _difference(entry)),
        section("Known before", _list(entry.get("findings", []))),
        section("Alarms", _alarms(entry.get("alarms", {}))),
        section("Last words of the new version's tasks", _text(entry.get("last_words", []))),
        section("The release", _table(_facts(entry))),
        "<footer>Counts are those of CloudWatch. The same as data stands beside this page, as JSON.</footer>",
    ]
    return html_page(title, parts)


def _figures(entry: Entry) -> str:
    last = entry["looks"][-1] if entry["looks"] else None
    found = [(span(entry["ended"] - entry["begun"]), "from begin to end")]
    if last:
        candidate, stable, evidence = last["candidate"], last["stable"], last["evidence"]
        found += [
            (f"{candidate['requests']:,}".replace(",", " "), "requests of the new version"),
            (f"{rate(candidate, 'errors')}", f"of them failed; of the old {rate(stable, 'errors')}"),
            (f"{rate(candidate, 'slow')}", f"of them slow; of the old {rate(stable, 'slow')}"),
            (f"{against(evidence):.1f} of {evidence['limit']:g}", "evidence against it"),
        ]
    else:
        found.append(("0", "requests of users for the new version"))
    if "cost" in entry:
        found.append((f"{entry['cost']:.2f} $", "for tasks beside those that serve"))
    return figures(found)


def _facts(entry: Entry) -> Iterable[Row]:
    for name, side in (("From", "from"), ("To", "to")):
        yield name, f"{version(entry[side])} ({entry[side]['revision'].rpartition('/')[2]})"
    yield "Number", f"{entry['number']}, by {entry['actor']}"
    if entry.get("together"):
        yield "Together with", ", ".join(part["service"] for part in entry["together"])
    yield "Begun", moment(entry["begun"])
    yield "Ended", moment(entry["ended"])
    yield "Moved by", f"{entry.get('engine', 'weighted')}, {entry.get('strategy', 'canary')}"
    yield "Steps", ", ".join(f"{step:g} %" for step in entry["steps"])
    yield "Share of the requests", entry.get("observed", NOT_OBSERVED)
    yield "Migration", entry.get("migration") or "none"


def _events(entry: Entry) -> Iterable[Row]:
    return ((span(event["at"] - entry["begun"]), event["text"]) for event in entry["events"])


def _decisions(entry: Entry) -> str:
    head = ("After", "Step", "Requests", "Failed, new and old", "Slow, new and old", "Evidence", "Verdict")
    rows = [_decision(entry, look) for look in entry["looks"]]
    return _table(rows, head, kind="number") if rows else ""


def _decision(entry: Entry, look: dict[str, Any]) -> Row:
    candidate, stable, evidence = look["candidate"], look["stable"], look["evidence"]
    return (
        span(look["at"] - entry["begun"]),
        str(look["step"]),
        f"{candidate['requests']:,}".replace(",", " "),
        f"{rate(candidate, 'errors')}, {rate(stable, 'errors')}",
        f"{rate(candidate, 'slow')}, {rate(stable, 'slow')}",
        f"{against(evidence):.1f}",
        f"{look['verdict']}: {look['reason']}" if look.get("reason") else str(look["verdict"]),
    )


def _alarms(states: dict[str, dict[str, str]]) -> str:
    begin, end = (states.get(when, {}) for when in ("begin", "end"))
    rows = [(name, begin.get(name, "not known"), end.get(name, "not known")) for name in {**begin, **end}]
    return _table(rows, ("Alarm", "At the begin", "At the end")) if rows else ""


def _difference(entry: Entry) -> str:
    lines = entry.get("difference", [])
    if not lines:
        return ""
    kinds = {"-": "gone", "+": "come"}
    told = (f"<span class='{kinds.get(line[:1], '')}'>{escape(line)}</span>" for line in lines)
    return f"<pre>{chr(10).join(told)}</pre>"


def _list(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>" if lines else ""


def _text(lines: list[str]) -> str:
    return f"<pre>{escape(chr(10).join(lines))}</pre>" if lines else ""


def _table(rows: Iterable[Row], head: Row = (), kind: str = "") -> str:
    heading = f"<tr>{''.join(f'<th>{escape(cell)}</th>' for cell in head)}</tr>" if head else ""
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<div class='wide'><table class='{kind}'>{heading}{body}</table></div>"
