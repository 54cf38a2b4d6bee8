"""What was found, for people and programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from html import escape
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from ..cloud import explain
from ..parallel import side_by_side
from .asked import Asked, Orphan
from .finders import FINDERS

STYLE = "body{font-family:sans-serif}td,th{padding:.2em .6em;text-align:left;border-bottom:1px solid #ccc}"
HEAD = "<tr><th>Kind</th><th>Name</th><th>Environment</th><th>Why</th><th>Dollars a month</th></tr>"


def find(asked: Asked) -> tuple[list[Orphan], dict[str, str]]:
    """Return what nothing uses, dearest first, and why a kind could not be looked at."""
    asked.cloud.time()
    answers = dict(zip(FINDERS, side_by_side(lambda kind: _found(kind, asked), FINDERS), strict=True))
    found = [one for answer in answers.values() if isinstance(answer, list) for one in answer]
    unknown = {kind: answer for kind, answer in answers.items() if isinstance(answer, str)}
    return sorted(found, key=lambda one: (-one.month, one.kind, one.name)), unknown


def _found(kind: str, asked: Asked) -> list[Orphan] | str:
    try:
        return list(FINDERS[kind](asked))
    except (ClientError, BotoCoreError) as error:
        return explain(error)


def lines(found: Iterable[Orphan], unknown: Mapping[str, str]) -> list[str]:
    """Return one line an orphan, then one for each kind that could not be looked at."""
    told = [f"{one.kind} {_whose(one)}: {one.reason}; {one.month:.2f} dollars a month" for one in found]
    return [*told, *(f"{kind} could not be looked at: {reason}" for kind, reason in unknown.items())]


def _whose(one: Orphan) -> str:
    return f"{one.name} of {one.environment}" if one.environment else one.name


def write(page: Path, title: str, found: Iterable[Orphan], unknown: Mapping[str, str]) -> None:
    """Write the report as HTML, and as JSON beside it."""
    found = list(found)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(_page(title, found, unknown), encoding="utf-8")
    content = {"orphans": [asdict(one) for one in found], "not_looked_at": dict(unknown)}
    page.with_suffix(".json").write_text(json.dumps(content, indent=2), encoding="utf-8")


def _page(title: str, found: Iterable[Orphan], unknown: Mapping[str, str]) -> str:
    rows = "".join(_row(one.kind, one.name, one.environment, one.reason, f"{one.month:.2f}") for one in found)
    rows += "".join(_row(kind, "-", "-", f"could not be looked at: {reason}", "-") for kind, reason in unknown.items())
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style>\n<h1>{escape(title)}</h1><table>{HEAD}\n{rows}</table></html>\n"
    )


def _row(*values: str) -> str:
    return f"<tr>{''.join(f'<td>{escape(value)}</td>' for value in values)}</tr>\n"
