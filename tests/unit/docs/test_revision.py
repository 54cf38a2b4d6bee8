"""A revision is that of the code: what measuring writes down changes nothing of it."""

from __future__ import annotations

from bench import drill_figures, fault_table, sweeps, table
from bench.revision import MEASURED
from tools.files import ROOT


def test_pages_of_results_are_left_out() -> None:
    pages = {module.PAGE.relative_to(ROOT) for module in (drill_figures, fault_table, sweeps, table)}
    assert {f":!{page}" for page in pages} == {path for path in MEASURED if path.startswith(":!docs/")}
