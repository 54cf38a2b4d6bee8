"""The report of a release: one page to read, and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from .chart import chart
from .journal import Entry
from .line import span

STYLE = """
:root{color-scheme:light;font:16px/1.5 system-ui,sans-serif;color:#212529}
body{max-width:44rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}.verdict{display:inline-block;padding:.15rem .6rem;
border-radius:1rem;color:#fff;background:#2b8a3e}.verdict.bad{background:#c92a2a}table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #e9ecef;vertical-align:top}
svg{width:100%;height:auto;margin:.5rem 0;font:11px system-ui,sans-serif}svg text{fill:#495057}
svg .title{font-weight:600;fill:#212529}svg .grid{stroke:#e9ecef}
pre{white-space:pre-wrap;background:#f8f9fa;padding:.75rem;font-size:.8rem}@media print{body{margin:0}
h2{break-after:avoid}svg{break-inside:avoid}}
"""
GOOD = "succeeded"


def write_report(entry: Entry, directory: str) -> str:
    """Write the report of an ended release and return a line about it."""
    path = Path(directory).resolve() / f"{entry['service']}-{entry['number']:06d}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(entry), encoding="utf-8")
    path.with_suffix(".json").write_text(json.dumps(entry, indent=2), encoding="utf-8")
    return f"{entry['service']} {_version(entry['to'])}: {entry['status']}: {entry['reason']}; report: {path}"


def page(entry: Entry) -> str:
    """Return the page; it needs nothing from anywhere else."""
    title = f"{entry['service']} {_version(entry['to'])}"
    bad = "" if entry["status"] == GOOD else " bad"
    parts = [
        f"<h1>{escape(title)} <span class='verdict{bad}'>{escape(entry['status'])}</span></h1>",
        f"<p>{escape(entry['reason'])}</p>",
        _facts(entry),
        "<h2>What both versions answered</h2>",
        *_charts(entry),
        "<h2>What was done</h2>",
        _events(entry),
        _last_words(entry),
    ]
    head = f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{escape(title)}</title>"
    return f"{head}<meta name='viewport' content='width=device-width'><style>{STYLE}</style>{''.join(parts)}</html>\n"


def _version(version: dict[str, str]) -> str:
    return version["image_tag"] or version["digest"][:19]


def _facts(entry: Entry) -> str:
    begun = datetime.fromtimestamp(float(entry["begun"]), UTC).strftime("%Y-%m-%d %H:%M UTC")
    rows = {
        "From": f"{_version(entry['from'])} ({entry['from']['revision'].rpartition('/')[2]})",
        "To": f"{_version(entry['to'])} ({entry['to']['revision'].rpartition('/')[2]})",
        "Release": f"number {entry['number']}, by {entry['actor']}",
        "Begun": f"{begun}, took {span(entry['ended'] - entry['begun'])}",
        "Moved by": f"{entry.get('engine', 'weighted')}, {entry.get('strategy', 'canary')}",
        "Steps": ", ".join(f"{step:g} %" for step in entry["steps"]),
        **_counts(entry),
    }
    return _table((escape(name), escape(value)) for name, value in rows.items())


def _counts(entry: Entry) -> dict[str, str]:
    if not entry["looks"]:
        return {"Requests": "the new version had none of its users' requests"}
    last = entry["looks"][-1]
    return {
        name: f"{last[side]['requests']} requests, {last[side]['errors']} failed, {last[side]['slow']} slow"
        for name, side in (("New version", "candidate"), ("Old version", "stable"))
    }


def _charts(entry: Entry) -> Iterable[str]:
    begun, looks = float(entry["begun"]), entry["looks"]
    samples = [one for one in entry["samples"] if one["minute"] * 60 >= begun and one["stable"]]
    if not looks or not samples:
        yield "<p>There are no samples.</p>"
        return
    yield chart("Share of the requests, per cent", _shares(samples, begun))
    yield chart("Failed requests, per cent", {name: _rates(samples, side, "errors", begun) for name, side in SIDES})
    yield chart("Slow requests, per cent", {name: _rates(samples, side, "slow", begun) for name, side in SIDES})
    limit, minutes = looks[-1]["evidence"]["limit"], [(look["at"] - begun) / 60 for look in looks]
    for fault, what in (("errors", "fails more often"), ("slow", "is slow more often")):
        values = [look["evidence"][fault] for look in looks]
        line = {"evidence": list(zip(minutes, values, strict=True))}
        yield chart(f"Evidence that the new version {what}, and its limit", line, limit=limit)


SIDES = (("new", "candidate"), ("old", "stable"))


def _minute(sample: dict[str, Any], begun: float) -> float:
    return max(0.0, float(sample["minute"]) - begun / 60)


def _shares(samples: list[dict[str, Any]], begun: float) -> dict[str, list[tuple[float, float]]]:
    points = []
    for one in samples:
        requests = one["candidate"]["requests"] + one["stable"]["requests"]
        points.append((_minute(one, begun), 100 * one["candidate"]["requests"] / (requests or 1)))
    return {"new": points}


def _rates(samples: list[dict[str, Any]], side: str, what: str, begun: float) -> list[tuple[float, float]]:
    return [(_minute(one, begun), 100 * one[side][what] / (one[side]["requests"] or 1)) for one in samples]


def _events(entry: Entry) -> str:
    return _table((span(event["at"] - entry["begun"]), escape(event["text"])) for event in entry["events"])


def _last_words(entry: Entry) -> str:
    words = entry.get("last_words")
    if not words:
        return ""
    return f"<h2>Last words of the new version's tasks</h2><pre>{escape(chr(10).join(words))}</pre>"


def _table(rows: Iterable[tuple[str, str]]) -> str:
    return f"<table>{''.join(f'<tr><td>{name}</td><td>{value}</td></tr>' for name, value in rows)}</table>"
