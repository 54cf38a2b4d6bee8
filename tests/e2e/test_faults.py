"""An API that throttles, fails and is slow: a run ends well, or the next one goes on where it stopped."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal import cli
from tests.e2e.environment import Environment

#: Runs in which an environment must stand, whatever the API does.
RUNS = 4
THROTTLED: dict[str, Any] = {"kind": "throttle", "rate": 0.1}
FAILING: dict[str, Any] = {"kind": "error", "rate": 0.05, "code": "InternalFailure"}
SLOW: dict[str, Any] = {"kind": "latency", "rate": 0.5, "milliseconds": 200}


def runs_until_it_stands(environment: Environment) -> int:
    """Run site.yml until it ends well; return how many runs it took."""
    for number in range(1, RUNS + 1):
        if environment.playbook("site.yml", expect=None).code == 0:
            return number
    pytest.fail(f"it does not stand after {RUNS} runs")


def stands_in_spite_of(faults: list[dict[str, Any]], fresh: Environment, undisturbed: dict[str, int]) -> None:
    for fault in faults:
        cli.order("fault", **fault)
    runs_until_it_stands(fresh)
    cli.order("clear")
    fresh.stand_up()
    assert fresh.inventory() == undisturbed
    assert fresh.playbook("site.yml").changed == {}


def test_throttled_and_failing(fresh: Environment, standing_dev: dict[str, int]) -> None:
    stands_in_spite_of([THROTTLED, FAILING], fresh, standing_dev)


@pytest.mark.soak
@pytest.mark.parametrize("rate", [0.2, 0.4])
def test_every_fault_at_once(rate: float, fresh: Environment, standing_dev: dict[str, int]) -> None:
    faults = [{**THROTTLED, "rate": rate}, {**FAILING, "rate": rate / 2}, SLOW]
    stands_in_spite_of(faults, fresh, standing_dev)
