"""The charts of a report: shares wanted and observed, failures and slowness of both versions, evidence."""

from __future__ import annotations

from typing import Any

from ..chart import Frame, Points, Style, chart
from .journal import Entry
from .line import against

SIDES = (("new", "candidate"), ("old", "stable"))
MINUTE = 60


def charts(entry: Entry) -> str:
    """Return the charts of a release; a sentence where there is nothing to draw."""
    begun = float(entry["begun"])
    since = int(begun // MINUTE)
    samples = [one for one in entry["samples"] if one["minute"] >= since and one["stable"] and one["candidate"]]
    marks = [((event["at"] - begun) / MINUTE, event["text"]) for event in entry["events"]]
    frame = Frame((entry["ended"] - begun) / MINUTE, marks)
    shares = {"wanted": _wanted(entry), "observed": _observed(samples, begun)}
    drawn = [chart("Share of the new version, %", shares, frame, Style(most=100, steps=["wanted"]))]
    if samples:
        drawn += _answers(samples, begun, frame)
    if entry["looks"]:
        drawn += _evidence(entry, frame)
    return f"<div class='charts'>{''.join(drawn)}</div>"


def _answers(samples: list[dict[str, Any]], begun: float, frame: Frame) -> list[str]:
    return [
        chart(title, {name: _rates(samples, side, what, begun) for name, side in SIDES}, frame)
        for title, what in (("Failed requests, %", "errors"), ("Slow requests, %", "slow"))
    ]


def _evidence(entry: Entry, frame: Frame) -> list[str]:
    looks, limit = entry["looks"], entry["looks"][-1]["evidence"]["limit"]
    minutes = [(look["at"] - entry["begun"]) / MINUTE for look in looks]
    seen = [(at, look["evidence"]) for at, look in zip(minutes, looks, strict=True)]
    lines = {
        "by failures and slowness": [(at, against(evidence)) for at, evidence in seen],
        "by slowness": [(at, evidence["slow"]) for at, evidence in seen],
    }
    return [chart("Evidence against the new version", lines, frame, Style(limit=limit))]


def _wanted(entry: Entry) -> Points:
    return [(0.0, 0.0), *(((one["at"] - entry["begun"]) / MINUTE, float(one["share"])) for one in entry["shifts"])]


def _middle(sample: dict[str, Any], begun: float) -> float:
    """Return the middle of a sample's minute."""
    return float(sample["minute"]) + 0.5 - begun / MINUTE


def _observed(samples: list[dict[str, Any]], begun: float) -> Points:
    points = []
    for one in samples:
        requests = one["candidate"]["requests"] + one["stable"]["requests"]
        if requests:
            points.append((_middle(one, begun), 100 * one["candidate"]["requests"] / requests))
    return points


def _rates(samples: list[dict[str, Any]], side: str, what: str, begun: float) -> Points:
    """Return per cent by minute; what was given up in the minute after it came is no more than all."""
    seen = (one for one in samples if one[side]["requests"])
    return [(_middle(one, begun), 100 * min(1, one[side][what] / one[side]["requests"])) for one in seen]
