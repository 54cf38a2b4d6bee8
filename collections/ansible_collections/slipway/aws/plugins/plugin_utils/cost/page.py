"""The page of an estimate: what an environment costs a month, and what a choice would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from ..bars import Bar, bars
from ..html_page import charts, figures, html_page, section, wide_table

Report = Mapping[str, Any]
HEAD = ("what", "where", "amount", "unit", "price", "a month", "source")


def cost_page(report: Report) -> str:
    """Return the page.

    Args:
        report: as the module ``cost`` returns it.
    """
    title = f"Cost of {report['environment']}"
    lead = (
        f"{report['total']:.2f} dollars a month. List prices of {report['region']}, gathered {report['gathered']};"
        f" {report['unconfirmed']:.2f} dollars rest on prices that nobody has confirmed."
    )
    numbers = ((report["fixed"], "whatever happens"), (report["usage"], "by use"))
    return html_page(
        title,
        [
            f"<h1>{escape(title)}</h1><p class='reason'>{escape(lead)}</p>",
            figures((f"{dollars:.2f} $", f"a month {what}") for dollars, what in numbers),
            section("Dollars a month", charts([_hosts(report["hosts"]), _choices(report["choices"])])),
            *_comparisons(report),
            section("Every line", wide_table(HEAD, map(_line, report["lines"]))),
        ],
    )


def _hosts(hosts: Mapping[str, Report]) -> str:
    found = sorted(((one["total"], name) for name, one in hosts.items() if one["total"]), reverse=True)
    return bars("By component and service", [Bar(name, f"{dollars:.2f}", dollars) for dollars, name in found])


def _choices(choices: Sequence[Report]) -> str:
    return bars("What a choice would change", [_change(one["name"], one["difference"]) for one in choices])


def _change(name: str, dollars: float) -> Bar:
    return Bar(name, f"{dollars:+.2f}", abs(dollars), kind="good" if dollars < 0 else "old")


def _comparisons(report: Report) -> Iterable[str]:
    if change := report.get("change"):
        given = ", ".join(f"{name}: {value}" for name, value in change["set"].items())
        told = f"{change['total']:.2f} dollars a month, {change['difference']:+.2f}."
        yield section(f"With {given}", _compared(told, change["rows"], "before", "after"))
    if before := report.get("before"):
        told = f"{report['total'] - before['total']:+.2f} dollars a month."
        yield section("Since the last report", _compared(told, before["rows"], "before", "after"))
    if actual := report.get("actual"):
        title = f"Paid from {actual['from']} to {actual['to']}"
        yield section(title, _compared(f"{actual['total']:.2f} dollars.", actual["rows"], "estimate", "paid"))


def _compared(told: str, rows: Sequence[Report], one: str, other: str) -> str:
    """Return a sentence, two bars for each row, and a table of the same; the sentence alone without rows."""
    kinds = ((one, "old"), (other, "new"))
    both = [
        Bar(f"{row['name']}, {side}", f"{row[side]:.2f}", row[side], kind=kind) for row in rows for side, kind in kinds
    ]
    cells = ([row["name"], f"{row[one]:.2f}", f"{row[other]:.2f}", f"{row[other] - row[one]:+.2f}"] for row in rows)
    drawn = charts([bars(f"Dollars a month, {one} and {other}", both)]) if rows else ""
    return f"<p>{escape(told)}</p>{drawn}{wide_table(('', one, other, 'difference'), cells)}"


def _line(line: Report) -> list[str]:
    amounts = [f"{line['quantity']:.2f}", line["per"], f"{line['price']}", f"{line['monthly']:.2f}"]
    return [line["name"], line["host"], *amounts, line["source"]]
