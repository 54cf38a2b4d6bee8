"""One run of all tests tells how each target ended, and never leaves one out in silence."""

from __future__ import annotations

import pytest

from tools import run_tests
from tools.run_tests import Result


def ends(monkeypatch: pytest.MonkeyPatch, *failing: str) -> int:
    """Return what a run ends with in which some targets fail."""
    monkeypatch.setattr(run_tests, "run", lambda target, _niceness: Result(target, int(target in failing), 60))
    return run_tests.main()


def test_it_ends_well_when_every_target_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ends(monkeypatch) == 0
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["ok", name] for name in ("e2e", "lint", "molecule", "unit")
    ]


def test_a_target_that_fails_ends_its_lane_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ends(monkeypatch, "lint") == 1
    told = capsys.readouterr().out
    assert "not run unit" in told
    assert "ok      e2e" in told


def test_lines_come_as_they_are_written(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_tests.run("help", 0).code == 0
    assert "help     |   make demo " in capfd.readouterr().out
