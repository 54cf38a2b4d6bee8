"""An API that throttles, fails, loses answers and shows old states: what was begun is brought to its end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.environment import Environment
from tests.e2e.faulty import FAULTS, RUNS, Life, faults, runs_until_well

SEED = 20261127


def test_an_environment_lives_in_spite_of_what_goes_wrong(fresh: Environment, standing_dev: dict[str, int]) -> None:
    life = Life(fresh, SEED)
    life.stands(standing_dev)
    life.releases()
    life.goes()


def more(times: int) -> tuple[dict[str, Any], ...]:
    """Return faults so many times as often, and a latency of every other answer."""
    slow = {"kind": "latency", "rate": 0.5, "milliseconds": 200}
    return (*({**fault, "rate": fault["rate"] * times} for fault in FAULTS), slow)


@pytest.mark.soak
def test_it_stands_when_twice_as_much_goes_wrong(fresh: Environment, standing_dev: dict[str, int]) -> None:
    with faults(SEED, more(2)):
        runs_until_well(fresh, "site.yml")
    fresh.stands_like(standing_dev)


@pytest.mark.soak
def test_what_never_ends_well_leaves_nothing_that_the_next_run_cannot_mend(
    fresh: Environment, standing_dev: dict[str, int]
) -> None:
    """Two of three calls fail: of the hundreds that a run makes, some do as often as they are made again."""
    with faults(SEED, more(4)):
        for _ in range(RUNS):
            fresh.playbook("site.yml", expect=None)
    fresh.stands_like(standing_dev)
