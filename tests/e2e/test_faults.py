"""An API that throttles, fails, loses answers and shows old states: what was begun is brought to its end."""

from __future__ import annotations

import pytest

from rehearsal import cli
from tests.e2e.environment import Environment
from tests.e2e.faulty import FAULTS, Life, runs_until_well

SEED = 20261127


def test_an_environment_lives_in_spite_of_what_goes_wrong(fresh: Environment, standing_dev: dict[str, int]) -> None:
    life = Life(fresh, SEED)
    life.stands(standing_dev)
    life.releases()
    life.goes()


@pytest.mark.soak
@pytest.mark.parametrize("times", [2, 4])
def test_it_stands_whatever_goes_wrong_more_often(times: int, fresh: Environment, standing_dev: dict[str, int]) -> None:
    for fault in (*FAULTS, {"kind": "latency", "rate": 0.5 / times, "milliseconds": 200}):
        cli.order("fault", **{**fault, "rate": fault["rate"] * times})
    runs_until_well(fresh, "site.yml")
    cli.order("clear")
    fresh.stand_up()
    assert fresh.inventory() == standing_dev
    assert fresh.playbook("site.yml").changed == {}
