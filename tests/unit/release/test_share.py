"""Whether the observed share of requests agrees with the weights, by the binomial distribution."""

from __future__ import annotations

import random

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.release.share import (
    AGREES,
    CONTRADICTS,
    UNKNOWN,
    judge_share,
)


def sample(candidate: int | None, stable: int | None) -> dict[str, object]:
    counts = [None if one is None else {"requests": one, "errors": 0, "slow": 0} for one in (candidate, stable)]
    return {"minute": 1, "candidate": counts[0], "stable": counts[1]}


@pytest.mark.parametrize(
    ("candidate", "stable", "share", "expected"),
    [
        (0, 29, 0.1, UNKNOWN),
        (3, 27, 0.1, AGREES),
        (0, 150, 0.1, CONTRADICTS),
        (100, 900, 0.1, AGREES),
        (200, 800, 0.1, CONTRADICTS),
        (50, 50, 0.5, AGREES),
        (5_000, 5_000, 0.5, AGREES),
        (5_500, 4_500, 0.5, CONTRADICTS),
        (1_000_000, 0, 1.0, AGREES),
        (0, 40, 1.0, CONTRADICTS),
    ],
)
def test_shares(candidate: int, stable: int, share: float, expected: str) -> None:
    assert judge_share([sample(candidate, stable)], share) == expected


def test_minutes_of_which_a_side_is_missing_do_not_count() -> None:
    assert judge_share([sample(100, None), sample(None, 900)], 0.5) == UNKNOWN
    assert judge_share([sample(50, 50), sample(None, 900)], 0.5) == AGREES


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.95])
def test_chance_alone_contradicts_once_in_1000_steps_at_most(share: float) -> None:
    """Each step of 60 minutes is looked at after every one of them."""
    chance = random.Random(20261127)  # noqa: S311  no secret comes of it
    steps, contradicted = 1500, 0
    for _ in range(steps):
        candidate = 0
        for minute in range(1, 61):
            candidate += sum(chance.random() < share for _ in range(20))
            contradicted += judge_share([sample(candidate, 20 * minute - candidate)], share) == CONTRADICTS
    assert contradicted <= 0.004 * steps


def test_many_requests_make_no_fault_of_what_does_not_matter() -> None:
    assert judge_share([sample(100_400, 899_600)], 0.1) == AGREES
    assert judge_share([sample(106_000, 894_000)], 0.1) == CONTRADICTS


@pytest.mark.parametrize(
    ("wanted", "real", "within"), [(0.1, 0.0, 150), (0.1, 0.5, 60), (0.5, 0.1, 60), (0.95, 0.5, 60)]
)
def test_another_share_is_found_within_so_many_requests(wanted: float, real: float, within: int) -> None:
    assert judge_share([sample(round(within * real), round(within * (1 - real)))], wanted) == CONTRADICTS
