"""A sweep that passed at this revision is not run again, and the table names each as a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from bench.sweeps import is_left, lines

TEST = "tests/e2e/test_failover.py::test_a_lost_region_is_taken_over_from[prod]"


def ended(outcome: str, revision: str = "abc") -> dict[str, Any]:
    return {TEST: {"revision": revision, "date": "2026-11-28", "seconds": 81, "outcome": outcome}}


@pytest.mark.parametrize(
    ("found", "left"),
    [({}, True), (ended("passed"), False), (ended("failed"), True), (ended("passed", "older"), True)],
)
def test_what_has_not_passed_at_this_revision_is_left(found: dict[str, Any], left: bool) -> None:
    assert is_left(TEST, found, "abc") == left


def test_of_changed_files_nothing_is_known() -> None:
    assert is_left(TEST, ended("passed", "abc+"), "abc+")


def test_a_row_is_a_sentence() -> None:
    told = list(lines(ended("passed")))
    assert told[-1] == "| failover: a lost region is taken over from (prod) | passed | 81 | abc | 2026-11-28 |"


def test_without_sweeps_there_is_no_table() -> None:
    assert list(lines({})) == ["Nothing was run yet."]
