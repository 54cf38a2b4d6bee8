"""The table of failure modes names tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "releases.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \| .* \| (.+) \|$", TEXT, re.MULTILINE)


def test_every_mode_has_a_row() -> None:
    assert [int(number) for number, _ in ROWS] == list(range(1, 27))


@pytest.mark.parametrize(("number", "tried"), ROWS)
def test_each_row_names_a_test_or_says_why_there_is_none(number: str, tried: str) -> None:
    named = re.fullmatch(r"`(test_\w+\.py)(?:::(test_\w+))?`(?:, .*)?", tried)
    if named is None:
        assert tried.startswith(("no test", "not here")), f"row {number}: {tried}"
        return
    found = list((ROOT / "tests").rglob(named[1]))
    assert found, f"row {number}: there is no {named[1]}"
    text = "".join(path.read_text(encoding="utf-8") for path in found)
    assert not named[2] or f"def {named[2]}(" in text, f"row {number}: {named[1]} has no {named[2]}"
