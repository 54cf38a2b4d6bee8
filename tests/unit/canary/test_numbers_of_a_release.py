"""Weights and tasks of the steps of a release."""

from __future__ import annotations

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.capacity import canary_capacity
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.weights import canary_weights


def pairs(*steps: float, hold_back: float = 5) -> list[tuple[int, int]]:
    return [(entry["candidate"], entry["stable"]) for entry in canary_weights(steps, hold_back)]


def test_the_default_release() -> None:
    assert pairs(10, 50, 100) == [(100, 900), (500, 500), (950, 50)]


@pytest.mark.parametrize(
    ("steps", "hold_back", "expected"),
    [
        ((100,), 0, [(999, 0)]),
        ((100,), 1, [(990, 10)]),
        ((0.1, 99.9, 100), 0, [(1, 999), (999, 1), (999, 0)]),
        ((33.3, 95), 5, [(333, 667), (950, 50)]),
    ],
)
def test_edges(steps: tuple[float, ...], hold_back: float, expected: list[tuple[int, int]]) -> None:
    assert pairs(*steps, hold_back=hold_back) == expected


def test_steps_are_numbered_and_say_their_share() -> None:
    assert [(entry["step"], entry["share"]) for entry in canary_weights([25, 100])] == [(1, 25), (2, 95)]


thousandths = st.lists(st.integers(1, 950), min_size=1, max_size=8, unique=True).map(sorted)


@given(thousandths, st.booleans())
def test_both_sides_always_add_up(parts: list[int], whole: bool) -> None:
    steps = [part / 10 for part in parts] + ([100] if whole and parts[-1] < 950 else [])
    found = canary_weights(steps)
    assert all(entry["candidate"] + entry["stable"] == 1000 for entry in found)
    assert all(0 <= weight <= 999 for entry in found for weight in (entry["candidate"], entry["stable"]))
    assert sorted({entry["candidate"] for entry in found}) == [entry["candidate"] for entry in found]


@pytest.mark.parametrize(
    ("arguments", "candidate", "stable"),
    [
        ((10, 10), 1, 9),
        ((10, 50), 5, 5),
        ((10, 100), 10, 1),
        ((4, 10), 1, 4),
        ((10, 0), 1, 10),
        ((40, 100, 5, 50), 60, 3),
    ],
)
def test_tasks(arguments: tuple[float, ...], candidate: int, stable: int) -> None:
    assert canary_capacity(*arguments) == {"candidate": candidate, "stable": stable}  # type: ignore[arg-type]  # as given


@given(st.integers(1, 500), st.integers(0, 100), st.integers(0, 100))
def test_a_version_never_has_less_than_its_share_and_at_most_one_more(desired: int, share: int, headroom: int) -> None:
    found = canary_capacity(desired, share, 0, headroom)
    for name, part in (("candidate", share), ("stable", 100 - share)):
        needed = ceil(desired * part * (100 + headroom) / 10_000)
        assert found[name] == max(1, needed)
