"""How releases stand and ended, as any machine tells it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.release.line import look_line, version
from ansible_collections.slipway.aws.plugins.plugin_utils.release.status import last_look, status_line
from tests.unit.release.conftest import GATE, TENTH, Made, Script
from tests.unit.release.entries import ended

GOING: dict[str, Any] = {**ended(), "status": "running", "phase": "baking", "step": 2}
NOTHING = {"requests": 0, "errors": 0, "slow": 0}


def test_a_look_is_one_line_with_all_that_counts() -> None:
    counts = {"requests": 6210, "errors": 7, "slow": 62}, {"requests": 50_000, "errors": 60, "slow": 500}
    look = {
        "at": 1130.0,
        "since": 1000.0,
        "until": 1300.0,
        "step": 2,
        "percent": 50.0,
        "candidate": counts[0],
        "stable": counts[1],
        "evidence": {"errors": 0.35, "slow": 0.45, "limit": 20.0},
    }
    assert look_line(GOING, look) == (
        "web 1.2.0  step 2/3  50 %  2m10s/5m00s  requests 6 210 of 56 210  errors 0.11 % vs 0.12 %"
        "  slow 1.00 % vs 1.00 %  evidence 0.8/20"
    )
    assert "errors - vs -" in look_line(GOING, {**look, "candidate": NOTHING, "stable": NOTHING})


def test_another_machine_tells_what_the_run_told(made: Made) -> None:
    """The line comes from the journal alone, and is the one that stood in the run's log."""
    made.verdict = "rollback"
    made(Script([GATE, TENTH])).run()
    (told,) = [line for line in made.said if "evidence" in line]
    written = next(entry for entry in made.journal.written if entry["looks"])
    assert last_look(written) == [f"  {told}"]
    assert told.startswith("web 2  step 1/2  10 %  0s/5m00s  requests 0 of 0")


def test_before_the_first_look_there_is_none_to_tell() -> None:
    assert last_look({**GOING, "looks": []}) == []


@pytest.mark.parametrize(
    ("entry", "alive", "told"),
    [
        (GOING, True, "goes on: baking, step 2 of 3  since 2026-11-18 11:07 UTC  by anna"),
        (GOING, False, "left in the middle (baking, step 2 of 3): run release.yml again to go on, or abort.yml"),
        (ended("rolled back", 0.04), False, "rolled back: errors 4.1 % of 1 800 requests"),
        (
            {**GOING, "status": "waits", "gate": {"before": "50", "until": 1_795_000_080.0}},
            False,
            "waits for an answer before 50 until 2026-11-18 11:08 UTC",
        ),
    ],
    ids=["goes on", "left", "went back", "waits"],
)
def test_it_says_how_a_release_stands(entry: dict[str, Any], alive: bool, told: str) -> None:
    line = status_line(entry, alive=alive)
    assert line.startswith("web #12 1.2.0  ")
    assert told in line


def test_a_version_without_a_tag_is_called_by_its_digest() -> None:
    assert version({"image_tag": "", "digest": "sha256:" + "0123456789abcdef" * 4}) == "0123456789ab"
