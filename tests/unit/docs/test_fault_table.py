"""The table of lives among faults counts after how many runs each playbook ended well, and names what went wrong."""

from __future__ import annotations

from typing import Any

from bench.fault_table import STEPS, lines
from bench.faults import led


def life(runs: int, wrong: str = "") -> dict[str, Any]:
    return {
        "runs": dict.fromkeys(STEPS, runs),
        "seconds": dict.fromkeys(STEPS, 10.0 * runs),
        "wrong": wrong,
        "date": f"2026-11-{20 + runs}",
    }


LIVES = {"revision": "abc", "lives": {"1": life(1), "2": life(1), "10": life(3), "3": life(2)}}


def test_each_playbook_has_a_row() -> None:
    told = list(lines(LIVES))
    assert told[0] == "Revision abc, 2026-11-21 to 2026-11-23: 4 lives, 0 ended badly."
    assert "| `release.yml` | 2 | 1 | 1 | 20 |" in told


def test_what_went_wrong_is_named_with_its_seed() -> None:
    lives = {
        **LIVES["lives"],
        "7": {**life(1, "a lease is held"), "runs": {"site.yml": 1}, "seconds": {"site.yml": 9.0}},
    }
    told = list(lines({"revision": "abc", "lives": lives}))
    assert "5 lives, 1 ended badly" in told[0]
    assert told[-1] == "Seed 7: a lease is held"
    assert "| `teardown.yml` | 2 | 1 | 1 | 20 |" in told


def test_without_lives_there_is_no_table() -> None:
    assert list(lines({})) == ["Nothing was measured yet."]


def test_lives_of_this_revision_are_not_led_again_unless_files_were_changed_since() -> None:
    assert led(LIVES, "abc") == LIVES["lives"]
    assert led(LIVES, "abd") == led({"revision": "abc+", "lives": LIVES["lives"]}, "abc+") == led({}, "abc") == {}
