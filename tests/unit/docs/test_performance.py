"""The page of measurements says what was measured, and what it is beside."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.adapter import adapter_types
from bench import table
from bench.environment import PARTS, SINGLE, looped
from tools.files import ROOT, load

OURS = {"wall": 10.0, "startup": 2.0, "api": 3.0, "cpu": 9.0, "calls": 40, "memory": 120.0, "runs": 5}
CASE: dict[str, Any] = {
    "revision": "abc",
    "date": "2026-11-27",
    "machine": {"processors": 2, "load": [1.0, 2.0], "python": "3.13.0"},
    "resources": 200,
    "resources_stock": 180,
    "first": {"ours": {"wall": 30.0, "runs": 1}, "stock": {**OURS, "wall": 240.0}},
    "second": {"ours": OURS, "boto3": {**OURS, "wall": 2.0}, "least_reads": 30, "repeated": ["sts.GetCallerIdentity"]},
}


def test_each_run_stands_beside_ours_with_where_its_time_went() -> None:
    lines = list(table.tables({"prod": CASE}))
    assert "| second run, ours | 10.0 | 2.0 | 5.0 | 3.0 | 9.0 | 40 | 120 | 5 | - |" in lines
    assert "| first run, ours | 30.0 | - | - | - | - | - | - | 1 | - |" in lines
    assert [line.split(" | ")[-1] for line in lines if "stock modules |" in line or "boto3 alone |" in line] == [
        "0.12 times as long |",
        "5.00 times as long |",
    ]


def test_environments_come_first_and_the_fewest_services_before_more() -> None:
    results = {"services-200": CASE, "services-10": CASE, "prod": CASE}
    titles = [line for line in table.tables(results) if line.startswith("###")]
    assert titles == ["### prod", "### services-10", "### services-200"]


def test_the_stock_playbook_makes_only_what_stock_modules_make() -> None:
    known = load(ROOT / "tools" / "stock_modules.yml")["types"]
    made = looped() | {*PARTS, *SINGLE}
    assert made <= {*adapter_types()}
    assert not [kind for kind in made if known[kind]["module"] == "none"]
