"""An API that throttles, fails, loses answers and shows old states: what was begun is brought to its end."""

from __future__ import annotations

import pytest

from rehearsal import cli
from tests.e2e.environment import Environment
from tests.e2e.faulty import FAULTS, RUNS, Life, runs_until_well

SEED = 20261127


def test_an_environment_lives_in_spite_of_what_goes_wrong(fresh: Environment, standing_dev: dict[str, int]) -> None:
    life = Life(fresh, SEED)
    life.stands(standing_dev)
    life.releases()
    life.goes()


def more_goes_wrong(times: int) -> None:
    """Have everything fail so many times as often, and every other answer come late."""
    for fault in (*FAULTS, {"kind": "latency", "rate": 0.5 / times, "milliseconds": 200}):
        cli.order("fault", **{**fault, "rate": fault["rate"] * times})


def stands(environment: Environment, undisturbed: dict[str, int]) -> None:
    """Assert that nothing is missing, nothing is there twice, and nothing is left to do once nothing fails."""
    cli.order("clear")
    environment.stand_up()
    assert environment.inventory() == undisturbed
    assert environment.playbook("site.yml").changed == {}


@pytest.mark.soak
def test_it_stands_when_twice_as_much_goes_wrong(fresh: Environment, standing_dev: dict[str, int]) -> None:
    more_goes_wrong(2)
    runs_until_well(fresh, "site.yml")
    stands(fresh, standing_dev)


@pytest.mark.soak
def test_what_never_ends_well_leaves_nothing_that_the_next_run_cannot_mend(
    fresh: Environment, standing_dev: dict[str, int]
) -> None:
    """Two of three calls fail: of the hundreds that a run makes, some do as often as they are made again."""
    more_goes_wrong(4)
    for _ in range(RUNS):
        fresh.playbook("site.yml", expect=None)
    stands(fresh, standing_dev)
