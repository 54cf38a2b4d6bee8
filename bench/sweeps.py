"""What `make soak` has run, kept so that it goes on where it was cut, and the table of it in docs/sweeps.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bench.revision import CHANGED
from tools.files import ROOT, between, keep, kept

PAGE = ROOT / "docs" / "sweeps.md"
RESULTS = ROOT / "bench" / "sweeps.json"
BEGIN, END = "<!-- Written by `make soak` and `make docs` from bench/sweeps.json. -->", "<!-- end of sweeps -->"
PASSED = "passed"


def swept() -> dict[str, Any]:
    """Return what was run last, by test: ``revision``, ``date``, ``seconds`` and ``outcome``."""
    return kept(RESULTS)


def is_left(test: str, found: Mapping[str, Any], now: str) -> bool:
    """Say whether a test is still to be run at this revision; where files were changed every test is."""
    last = found.get(test, {})
    passed = (last.get("revision"), last.get("outcome")) == (now, PASSED)
    return now.endswith(CHANGED) or not passed


def note(test: str, outcome: Mapping[str, Any]) -> None:
    """Write down at once what became of a test."""
    keep(RESULTS, swept() | {test: outcome})
    PAGE.write_text(sweeps_page(), encoding="utf-8")


def sweeps_page() -> str:
    """Return the page with its table written anew."""
    return between(PAGE, BEGIN, list(lines(swept())), END)


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the table, a row a test."""
    if not found:
        yield "Nothing was run yet."
        return
    yield "| sweep | ended | seconds | revision | date |"
    yield "| --- | --- | --- | --- | --- |"
    for test, last in sorted(found.items()):
        yield f"| {_title(test)} | {last['outcome']} | {last['seconds']} | {last['revision']} | {last['date']} |"


def _title(test: str) -> str:
    """Return a test as a sentence: ``failover: a lost region is taken over from (prod)``."""
    path, _, name = test.partition("::")
    function, _, given = name.partition("[")
    subject = path.rpartition("/")[2].removeprefix("test_").removesuffix(".py").replace("_", " ")
    told = f"{subject}: {function.removeprefix('test_').replace('_', ' ')}"
    return f"{told} ({given.removesuffix(']')})" if given else told
