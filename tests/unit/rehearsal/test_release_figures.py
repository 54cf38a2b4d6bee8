"""The demonstration of releases fails when it demonstrates something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.release.report import write_report
from rehearsal.load import Result
from rehearsal.release_figures import newest_report, problems, release_figures, write_summary
from tests.unit.release.entries import ended

Pair = tuple[dict[str, Any], dict[str, Any]]


@pytest.fixture
def both(tmp_path: Path) -> Pair:
    """A good and a bad release, as a demonstration makes them."""
    write_report(ended(), str(tmp_path / "good"))
    write_report({**ended("rolled back", 0.04), "number": 13}, str(tmp_path / "bad"))
    good = release_figures(newest_report(tmp_path / "good"), Result([0.1] * 9), 60)
    bad = release_figures(newest_report(tmp_path / "bad"), Result([0.1] * 9, failures=["500"]), 60)
    return good, bad


def test_the_summary_has_what_there_is_to_say(both: Pair, tmp_path: Path) -> None:
    assert write_summary(tmp_path / "demo" / "summary.json", *both) == []
    told = json.loads((tmp_path / "demo" / "summary.json").read_text(encoding="utf-8"))
    assert told["requests"] == 18
    assert told["failures caused by the good release"] == 0
    assert told["failed requests until rollback"] == 1
    assert told["virtual seconds until rollback"] == pytest.approx(60 * told["seconds until rollback"], abs=3)
    assert told["evidence"] > told["evidence that is enough"] == 20
    assert all(Path(page).is_file() for page in told["reports"])


@pytest.mark.parametrize(
    ("which", "change", "text"),
    [
        (0, {"failed requests": 1}, "failed 1 requests"),
        (0, {"status": "rolled back"}, "the good release rolled back"),
        (0, {"requests": 0}, "had no requests"),
        (1, {"status": "succeeded"}, "the bad release succeeded"),
        (1, {"real seconds with both": 0.0}, "before anybody saw it"),
        (1, {"report": ""}, "a report is missing"),
    ],
)
def test_what_is_otherwise_is_wrong(both: Pair, which: int, change: dict[str, Any], text: str) -> None:
    both[which].update(change)
    assert any(text in one for one in problems(*both)), problems(*both)


def test_a_release_without_a_report_is_no_release(tmp_path: Path) -> None:
    figures = release_figures(newest_report(tmp_path), Result([0.1]), 60)
    assert "there is no report" in problems(figures, figures)[0]
