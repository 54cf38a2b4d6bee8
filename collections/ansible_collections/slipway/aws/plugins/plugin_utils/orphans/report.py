"""What was found, for people and programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from ..cloud import explain
from ..parallel import side_by_side
from ..settle import EXPECTED
from ..table_page import table_page
from .asked import Asked, Orphan
from .finders import FINDERS

HEAD = ("Kind", "Name", "Environment", "Why", "Dollars a month")


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
    except EXPECTED as error:
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
    page.write_text(table_page(title, HEAD, _rows(found, unknown)), encoding="utf-8")
    content = {"orphans": [asdict(one) for one in found], "not_looked_at": dict(unknown)}
    page.with_suffix(".json").write_text(json.dumps(content, indent=2), encoding="utf-8")


def _rows(found: Iterable[Orphan], unknown: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    yield from ((one.kind, one.name, one.environment, one.reason, f"{one.month:.2f}") for one in found)
    yield from ((kind, "-", "-", f"could not be looked at: {reason}", "-") for kind, reason in unknown.items())
