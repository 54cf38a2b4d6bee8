"""The recovery page has objectives from the inventories and what drills found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench import drill_figures, drills

GIVEN = {
    "database_multi_az": False,
    "database_backup_retention_days": 7,
    "database_backup_copy_region": "",
    "failover_from": "",
    **{f"{role}_{name}_minutes": 30 for role in ("restore_drill", "failover") for name in ("rto", "rpo")},
}
REPORT = {
    "environment": "dev",
    "measured": {"rto": 240, "rpo": 300},
    "objectives": {"rto": 7200, "rpo": 600},
    "phases": [{"name": "look at the data", "seconds": 60}],
    "problems": [],
    "tables": [{"restored": 7}, {"restored": None}],
}


def row(title: str, **given: Any) -> str:
    lines = drill_figures.objectives({"dev": {**GIVEN, **given}})
    return next(line for line in lines if line.startswith(f"| {title} |"))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "all data is lost"),
        ({"database_backup_copy_region": "us-west-2"}, "no standby; copies in us-west-2"),
        ({"failover_from": "prod", "failover_rpo_minutes": 5}, "RTO 30 min, RPO 5 min"),
    ],
)
def test_what_a_lost_region_means_follows_from_standby_and_copies(given: dict[str, Any], told: str) -> None:
    assert row("the region is lost", **given) == f"| the region is lost | {told} |"


def test_a_lost_zone_is_the_standbys_where_there_is_one() -> None:
    assert "the standby takes over" in row("a zone is lost", database_multi_az=True)
    assert "as a lost database" in row("a zone is lost")


def test_an_inventory_wins_over_the_defaults() -> None:
    assert drill_figures.values("prod")["database_backup_retention_days"] == 30
    assert drill_figures.values("dev")["restore_drill_rto_minutes"] == 120


def test_a_report_becomes_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drill_figures, "RESULTS", tmp_path / "drills.json")
    assert list(drill_figures.figures(drill_figures.drilled())) == ["No drill was written down yet."]
    found = drills.written_down(REPORT, "AWS")
    drill_figures.RESULTS.write_text(json.dumps({"dev": found}), encoding="utf-8")
    lines = list(drill_figures.figures(drill_figures.drilled()))
    assert lines[0].startswith(f"dev, {found['date']}, revision {found['revision']}, in AWS: 2 tables with 7 rows")
    assert "| RTO | 240 s | 7200 s |" in lines
    assert "| look at the data | 60 s |  |" in lines


def test_a_failed_drill_says_so() -> None:
    found = drills.written_down({**REPORT, "problems": ["RTO is 240m00s"]}, "AWS")
    assert list(drill_figures.figures({"dev": found}))[-1] == "Failed: RTO is 240m00s."
