"""A bill in sentences and lines, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def lines(report: Mapping[str, Any]) -> list[str]:
    """Return a report as lines of text."""
    return [*_totals(report), *_hosts(report), *_choices(report), *_change(report), *_before(report), *_actual(report)]


def _totals(report: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"{report['environment']} costs {report['total']:.2f} dollars a month: {report['fixed']:.2f} whatever happens,"
        f" {report['usage']:.2f} by use"
    )
    yield (
        f"prices of {report['region']}, gathered {report['gathered']};"
        f" {report['unconfirmed']:.2f} dollars rest on prices that nobody has confirmed"
    )


def _hosts(report: Mapping[str, Any]) -> Iterator[str]:
    paid = {name: sums for name, sums in report["hosts"].items() if sums["total"]}
    for name, sums in sorted(paid.items(), key=lambda one: -one[1]["total"]):
        yield f"{sums['total']:10.2f}  {name}"


def _choices(report: Mapping[str, Any]) -> Iterator[str]:
    for one in report["choices"]:
        yield f"{one['difference']:+10.2f}  {one['name']}"


def _change(report: Mapping[str, Any]) -> Iterator[str]:
    if change := report.get("change"):
        given = ", ".join(f"{name}={value}" for name, value in change["set"].items())
        yield f"with {given}: {change['total']:.2f} dollars a month, {change['difference']:+.2f}"
        yield from _rows(change["rows"])


def _before(report: Mapping[str, Any]) -> Iterator[str]:
    if before := report.get("before"):
        yield f"since the last report: {report['total'] - before['total']:+.2f} dollars a month"
        yield from _rows(before["rows"])


def _rows(rows: list[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield f"{row['after'] - row['before']:+10.2f}  {row['name']}: {row['before']:.2f} -> {row['after']:.2f}"


def _actual(report: Mapping[str, Any]) -> Iterator[str]:
    if actual := report.get("actual"):
        yield f"paid from {actual['from']} to {actual['to']}: {actual['total']:.2f} dollars"
        for row in actual["rows"]:
            yield f"{row['paid']:10.2f}  {row['name']}, estimated {row['estimate']:.2f}"
