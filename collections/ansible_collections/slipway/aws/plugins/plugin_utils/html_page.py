"""A page for people that needs nothing from anywhere else: readable on a phone, in the dark and on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from .report_style import STYLE


def html_page(title: str, parts: Iterable[str]) -> str:
    """Return a page.

    Args:
        title: text.
        parts: HTML, one after the other.
    """
    head = f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>"
    view = "<meta name='viewport' content='width=device-width,initial-scale=1'>"
    return f"{head}{view}<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"


def heading(title: str, verdict: str, *, good: bool) -> str:
    """Return the first line of a page: a text, and how it went."""
    return f"<h1>{escape(title)} <span class='verdict{'' if good else ' bad'}'>{escape(verdict)}</span></h1>"


def section(title: str, content: str) -> str:
    """Return HTML under a title, nothing where there is none."""
    return f"<h2>{escape(title)}</h2>{content}" if content else ""


def figures(named: Iterable[tuple[str, str]]) -> str:
    """Return numbers of note, each with what it is of."""
    cells = (f"<div><b>{escape(value)}</b><span>{escape(name)}</span></div>" for value, name in named)
    return f"<div class='figures'>{''.join(cells)}</div>"


def charts(drawn: Iterable[str]) -> str:
    """Return pictures, side by side where there is room."""
    return f"<div class='charts'>{''.join(drawn)}</div>"


def wide_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of texts, numbers but for the first and last column."""
    lines = [f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in rows]
    names = "".join(f"<th>{escape(name)}</th>" for name in head)
    return (
        f"<div class='wide'><table class='number named'><tr>{names}</tr>{''.join(lines)}</table></div>" if lines else ""
    )
