"""What counts as restored, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.drill import compared, report

OLD = {"rows": 2, "sum": "11", "newest": "2026-11-27T02:00:00+00:00"}
NEW = {"rows": 5, "sum": "99", "newest": "2026-11-27T04:00:00+00:00"}
BETWEEN = {"rows": 3, "sum": "30", "newest": "2026-11-27T03:00:00+00:00"}


@pytest.mark.parametrize(
    ("before", "restored", "after", "verdict"),
    [
        (OLD, OLD, OLD, "equal"),
        (OLD, {**OLD, "sum": "12"}, OLD, "differs, though nobody changed it around the moment"),
        (OLD, None, OLD, "differs, though nobody changed it around the moment"),
        (OLD, BETWEEN, NEW, "between"),
        (OLD, OLD, NEW, "between"),
        (OLD, {**NEW, "newest": "2026-11-27T05:00:00+00:00"}, NEW, "has rows from after the moment"),
        (OLD, {**OLD, "rows": 1, "newest": "2026-11-27T01:00:00+00:00"}, NEW, "lacks rows from before the moment"),
        (OLD, None, NEW, "is missing"),
        (None, None, NEW, "between"),
    ],
)
def test_tables_are_judged_by_what_the_database_had_around_the_moment(
    before: dict[str, Any], restored: dict[str, Any] | None, after: dict[str, Any], verdict: str
) -> None:
    row = compared("notes", before, restored, after)
    assert row.verdict == verdict
    assert row.good == (verdict in {"equal", "between"})


def facts(**more: Any) -> dict[str, Any]:
    side = {"tables": {"web.notes": OLD}, "marks": ["before"]}
    return {
        "environment": "dev",
        "instance": "slipway-dev",
        "times": {"begun": 0, "moment": 60, "restorable": 300, "restored": 900, "looked": 930},
        "lag": 240,
        "before": side,
        "restored": side,
        "after": {**side, "marks": ["before", "after"]},
        "objectives": {"rto": 700, "rpo": 300},
        **more,
    }


def test_a_good_drill_has_times_and_no_problem() -> None:
    found = report(facts())
    assert found["problems"] == []
    assert found["measured"] == {"rto": 630, "rpo": 240}
    assert [phase["seconds"] for phase in found["phases"]] == [60, 240, 600, 30]
    assert found["lines"][:2] == ["RTO 10m30s of 11m40s", "RPO 4m00s of 5m00s"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"objectives": {"rto": 600, "rpo": 300}}, "RTO is 10m30s, the objective restore_drill_rto_minutes is 10m00s"),
        ({"lag": 301}, "RPO is 5m01s, the objective restore_drill_rpo_minutes is 5m00s"),
        ({"restored": {"tables": {"web.notes": OLD}, "marks": []}}, "written before the moment is not in the restored"),
        ({"restored": {"tables": {"web.notes": OLD}, "marks": ["before", "after"]}}, "after the moment is in the"),
        ({"restored": {"tables": {}, "marks": ["before"]}}, "web.notes differs"),
    ],
)
def test_what_is_wrong_is_a_problem(change: dict[str, Any], problem: str) -> None:
    assert problem in " ".join(report(facts(**change))["problems"])


def test_an_empty_database_proves_nothing() -> None:
    empty = {"tables": {}, "marks": ["before"]}
    found = report(facts(before=empty, restored=empty, after=empty))
    assert found["problems"] == ["the database has no table: nothing was compared"]
