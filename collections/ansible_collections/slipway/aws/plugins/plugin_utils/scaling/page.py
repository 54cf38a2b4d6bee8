"""The page of proposed sizes: dollars before and after, the reasons, and what costs less when it is promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from ..bars import Bar, bars
from ..html_page import charts, html_page, section

Advice = Mapping[str, Any]


def right_size_page(title: str, advice: Mapping[str, Advice], sizes: Mapping[str, Any], promised: str) -> str:
    """Return the page.

    Args:
        title: of the page.
        advice: of the filter ``right_size``, by service.
        sizes: ``cpu`` and ``memory`` now, by service.
        promised: HTML of what costs less when it is promised, may be empty.
    """
    known = {name: one for name, one in advice.items() if one["enough"]}
    rows = [row for name, one in known.items() for row in _rows(name, one, sizes[name])]
    reasons = "".join(
        f"<li>{escape(f'{name}: {text}')}</li>" for name, one in advice.items() for text in one["reasons"]
    )
    drawn = charts([bars("Dollars a month, before and after", rows)]) if rows else ""
    return html_page(
        title,
        [
            f"<h1>{escape(title)}</h1>",
            section("Tasks of each service", drawn),
            section("Why", f"<ul>{reasons}</ul>" if reasons else ""),
            section("What costs less when it is promised", promised),
        ],
    )


def _rows(name: str, one: Advice, size: Mapping[str, Any]) -> Iterator[Bar]:
    then = one["size"]
    yield Bar(f"{name} now: {size['cpu']} units, {size['memory']} MiB", f"{one['now']:.2f}", one["now"], kind="old")
    tasks = f"{one['minimum']} to {one['maximum']} of {then['cpu']} units, {then['memory']} MiB"
    yield Bar(f"{name} proposed: {tasks}", f"{one['then']:.2f}", one["then"])
