"""Whether the observed share of requests agrees with the weights, by the binomial distribution."""

from __future__ import annotations

import itertools
import random

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.release.share import (
    AGREES,
    CONTRADICTS,
    MANY,
    UNKNOWN,
    interval,
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
        (0, 100, 0.1, CONTRADICTS),
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


@pytest.mark.parametrize(("requests", "share"), list(itertools.product((30, 100, 1000), (0.01, 0.1, 0.5, 0.95))))
def test_the_interval_holds_999_of_1000(requests: int, share: float) -> None:
    chance = random.Random(20261127)  # noqa: S311  no secret comes of it
    least, most = interval(requests, share)
    draws = [sum(chance.random() < share for _ in range(requests)) for _ in range(2_000_000 // requests)]
    outside = sum(not least <= one <= most for one in draws)
    assert outside / len(draws) < 0.004


def test_both_ways_to_compute_it_meet() -> None:
    """Below MANY the distribution itself is summed, above it the normal one stands in."""
    requests = int(MANY / 0.25)
    (least, most), (next_least, next_most) = interval(requests, 0.5), interval(requests + 4, 0.5)
    assert abs(next_least - least - 2) <= 2
    assert abs(next_most - most - 2) <= 2
