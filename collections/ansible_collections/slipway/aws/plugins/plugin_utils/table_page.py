"""A page with one table, for people."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

STYLE = "body{font-family:sans-serif}td,th{padding:.2em .6em;text-align:left;border-bottom:1px solid #ccc}"


def table_page(title: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return HTML; whatever is in the texts is shown as it is.

    Args:
        title: of the page.
        head: a text for each column.
        rows: as many texts each.
    """
    title, names = escape(title), "".join(f"<th>{escape(name)}</th>" for name in head)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>\n" for row in rows)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>\n'
        f"<h1>{title}</h1><table><tr>{names}</tr>\n{lines}</table></html>\n"
    )
