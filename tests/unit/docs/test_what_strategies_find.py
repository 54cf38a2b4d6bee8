"""The tables of what each strategy finds say what the engines do, and name tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.weights import HOLD_BACK, SCALE, candidate_weights
from ansible_collections.slipway.aws.plugins.plugin_utils.release.engines import ALL_AT_ONCE, ENGINES
from rehearsal.tasks.images import CATALOGUE

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "releases.md").read_text(encoding="utf-8")
SECTION = PAGE.split("### What each strategy finds")[1].split("\n###")[0]
ROWS = [line.strip("| ").split(" | ") for line in SECTION.splitlines() if line.startswith("| ")]
COMPARED = {(row[0].strip("`"), row[1].strip("`")): row[2:] for row in ROWS if row[0].strip("`") in ENGINES}
KINDS = [row for row in ROWS if "::" in row[-1]]


def shares(engine: str, strategy: str) -> list[float]:
    """Return the per cent at which both versions serve and somebody waits for the verdict."""
    if strategy == ALL_AT_ONCE:  # it does not bake
        return []
    held = HOLD_BACK if ENGINES[engine].hold_back else 0
    weights = candidate_weights(ENGINES[engine].strategies[strategy], held)
    return [100 * weight / SCALE for weight in weights if weight < SCALE]


@pytest.mark.parametrize(
    ("engine", "strategy"), [(name, strategy) for name, engine in ENGINES.items() for strategy in engine.strategies]
)
def test_each_strategy_compares_at_the_shares_that_the_table_has(engine: str, strategy: str) -> None:
    told = ", ".join(f"{share:g}" for share in shares(engine, strategy)) or "never"
    assert COMPARED[engine, strategy][0] == told
    assert (COMPARED[engine, strategy][1] == "nobody looks") == ENGINES[engine].pair


def test_every_row_is_of_a_strategy_that_there_is() -> None:
    assert set(COMPARED) == {(name, strategy) for name, engine in ENGINES.items() for strategy in engine.strategies}


def test_every_bad_version_of_the_catalogue_is_there() -> None:
    told = re.findall(r"\(`([\w-]+)`\)", " ".join(row[0] for row in KINDS))
    tags = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))["web"]["tags"]
    assert set(told) == {tag["BEHAVIOUR"] for tag in tags.values() if tag}


@pytest.mark.parametrize("row", KINDS, ids=[row[0] for row in KINDS])
def test_each_kind_names_tests_that_there_are(row: list[str]) -> None:
    for name, test in re.findall(r"`(test_\w+\.py)::(test_\w+)`", row[-1]):
        found = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob(name)]
        assert any(f"def {test}(" in text for text in found), f"{name} has no {test}"
