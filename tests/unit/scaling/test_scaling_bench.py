"""The scalers follow their rules, and the committed table keeps the promise."""

from __future__ import annotations

import pytest

from bench import scaling
from bench.loads import DAY, KINDS, Load, Minute, loads
from bench.scalers import Perfect, Seen, Tracking
from tools.draw_scaling import BASELINE, OURS, cells

#: Per cent fewer task hours, over all loads.
PROMISED = 15


def wanted(cpu: list[float], first: int = 10) -> list[int]:
    """Return what target tracking wants, minute by minute."""
    scaler, found = Tracking(2, 100), [first]
    for minute in range(len(cpu)):
        found.append(scaler.decide(minute, [Seen(0, 1, each, 0) for each in cpu[: minute + 1]], found[-1]))
    return found[1:]


def test_target_tracking_acts_on_the_third_minute_above_and_the_fifteenth_below() -> None:
    assert wanted([80, 80, 80]) == [10, 10, 12]
    assert wanted([80, 80, 60, 80, 80]) == [10] * 5
    assert wanted([35] * 15) == [10] * 14 + [5]
    assert wanted([64] * 30) == [10] * 30


def test_target_tracking_counts_what_its_cool_down_added() -> None:
    assert wanted([84, 84, 84, 84, 84, 84, 84, 84])[2:] == [12, 12, 12, 12, 12, 15]
    assert wanted([84, 84, 84, 98])[2:] == [12, 14]


def test_who_knows_what_comes_is_never_overloaded() -> None:
    minutes = [Minute(600.0)] * 10 + [Minute(6000.0)] * 10
    load = Load("step", minutes)
    ran = scaling.replay(load, Perfect(minutes, scaling.SPIN_UP, 2, 100))
    assert ran.overload == 0
    assert ran.actions >= 1


def test_overload_is_more_than_the_tasks_carry() -> None:
    ran = scaling.replay(Load("steady", [Minute(60 * 7.0)] * 3 + [Minute(60 * 30.0)] * 2), Tracking(2, 100))
    assert (ran.overload, ran.hours) == (2, 2 * 5 / 60)


def test_the_same_seed_gives_the_same_loads() -> None:
    one, same, other = (loads(seed, 1) for seed in ("a", "a", "b"))
    assert one == same != other
    assert [load.name for load in one] == list(KINDS)
    assert len(one[0].minutes) == 2 * DAY
    flash = [minute.requests for minute in one[1].minutes]
    assert max(flash) > 8 * sorted(flash)[60]


def test_broken_promises_are_told() -> None:
    fine = {scaling.SLIPWAY: scaling.Ran(1, 80, 0), scaling.TRACKING: scaling.Ran(1, 100, 0)}
    worse = {scaling.SLIPWAY: scaling.Ran(2, 110, 0), scaling.TRACKING: scaling.Ran(1, 100, 0)}
    assert scaling.broken({"a": fine, "all": fine}) == []
    assert len(scaling.broken({"a": worse, "all": {**worse, scaling.SLIPWAY: scaling.Ran(0, 90, 0)}})) == 3


@pytest.mark.parametrize("kind", [*KINDS, "all"])
def test_the_committed_table_keeps_the_promise(kind: str) -> None:
    ours, theirs = (cells()[kind][name] for name in (OURS, BASELINE))
    assert ours.overload <= theirs.overload
    assert ours.hours <= theirs.hours * (1 - PROMISED / 100 if kind == "all" else 1)


def test_one_load_of_each_kind_keeps_it_too() -> None:
    found = scaling.compare(loads("test", 1), (scaling.SLIPWAY, scaling.TRACKING))
    assert found["all"][scaling.SLIPWAY].hours < found["all"][scaling.TRACKING].hours
    assert found["all"][scaling.SLIPWAY].overload <= found["all"][scaling.TRACKING].overload
    assert len(scaling.table(found)) == 2 + len(found)
