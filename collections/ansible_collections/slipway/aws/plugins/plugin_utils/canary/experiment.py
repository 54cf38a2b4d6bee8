"""An A/B experiment: how many requests it needs, whether they were split as planned, and what came out.

Two shares (conversions, errors) of fixed groups are compared once, at the planned size; nobody looks in between. That
is what sets it apart from a release, which looks every minute and stops.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, sqrt
from statistics import NormalDist
from typing import Any

from .numbers import CanaryError, known, number, whole

NORMAL = NormalDist()
#: Below this probability of a split by chance the split was not the planned one, and no result is to be trusted.
#: Fabijan et al., Diagnosing Sample Ratio Mismatch in Online Controlled Experiments, KDD 2019.
MISMATCH = 0.0005


def ab_sample_size(
    rate: float, difference: float, share: float = 50, significance: float = 0.05, power: float = 0.8
) -> dict[str, int]:
    """Return how many units (users, sessions, requests) each variant needs for a difference to be found.

    Args:
        rate: of variant A, from 0 to 1.
        difference: smallest absolute difference that matters, in either direction.
        share: percent of the units that variant B gets.
        significance: probability that equal variants are called different.
        power: probability that this difference is found.

    Returns:
        ``a``, ``b`` and ``total``.

    Raises:
        CanaryError: a number is outside of what is allowed.
    """
    name = "ab_sample_size"
    base = number(f"{name}: rate", rate, 0, 1)
    part = number(f"{name}: share", share, 1, 99) / 100
    other = base + number(f"{name}: difference", difference, -1, 1)
    if other == base or not 0 <= other <= 1:
        raise CanaryError(
            f"{name}: difference is {difference:g}; with a rate of {base:g} it may be"
            f" from {-base:g} to {1 - base:g}, not 0"
        )
    quantiles = NORMAL.inv_cdf(1 - number(f"{name}: significance", significance, 1e-6, 0.5) / 2) + NORMAL.inv_cdf(
        number(f"{name}: power", power, 0.5, 0.999)
    )
    variance = base * (1 - base) / (1 - part) + other * (1 - other) / part
    total = quantiles**2 * variance / (other - base) ** 2
    a, b = ceil(total * (1 - part)), ceil(total * part)
    return {"a": a, "b": b, "total": a + b}


def ab_result(
    a: Mapping[str, int], b: Mapping[str, int], share: float = 50, significance: float = 0.05, planned: int = 0
) -> dict[str, Any]:
    """Return what an experiment found.

    Args:
        a: units and successes (conversions, errors) of variant A: ``{units, successes}``.
        b: of variant B.
        share: percent of the units that B was to get.
        significance: probability that equal variants are called different.
        planned: units of both that were planned; fewer are no result yet.

    Returns:
        ``result`` (``b_higher``, ``b_lower``, ``no_difference``, ``too_early`` or ``split_mismatch``), the ``rates``,
        the ``difference`` B minus A with its ``interval`` (Newcombe's, from Wilson's), and ``split``: the probability
        of so uneven a split by chance.

    Raises:
        CanaryError: a number is outside of what is allowed.
    """
    name = "ab_result"
    (units_a, successes_a), (units_b, successes_b) = _variant(f"{name}: a", a), _variant(f"{name}: b", b)
    part = number(f"{name}: share", share, 1, 99) / 100
    quantile = NORMAL.inv_cdf(1 - number(f"{name}: significance", significance, 1e-6, 0.5) / 2)
    rates = successes_a / units_a, successes_b / units_b
    interval = _newcombe(rates, (units_a, units_b), quantile)
    split = _split(units_a, units_b, part)
    enough = units_a + units_b >= whole(f"{name}: planned", planned, 0)
    return {
        "result": _outcome(split, interval, enough=enough),
        "rates": {"a": rates[0], "b": rates[1]},
        "difference": rates[1] - rates[0],
        "interval": list(interval),
        "split": split,
    }


def _variant(where: str, counts: Any) -> tuple[int, int]:
    if not isinstance(counts, Mapping):
        raise CanaryError(f"{where} is {counts!r}; a dictionary with units and successes is allowed")
    known(where, counts, ("units", "successes"))
    units = whole(f"{where}.units", counts.get("units"), 1)
    return units, whole(f"{where}.successes", counts.get("successes"), 0, units)


def _outcome(split: float, interval: tuple[float, float], *, enough: bool) -> str:
    if split < MISMATCH:
        return "split_mismatch"
    if not enough:
        return "too_early"
    if interval[0] > 0:
        return "b_higher"
    return "b_lower" if interval[1] < 0 else "no_difference"


def _split(a: int, b: int, share: float) -> float:
    """Return the probability of a split at least so far from the planned one, by the normal curve."""
    total = a + b
    return 2 * NORMAL.cdf(-abs(b - total * share) / sqrt(total * share * (1 - share)))


def _wilson(rate: float, units: int, quantile: float) -> tuple[float, float]:
    square = quantile**2
    centre = rate + square / (2 * units)
    half = quantile * sqrt(rate * (1 - rate) / units + square / (4 * units**2))
    return (centre - half) / (1 + square / units), (centre + half) / (1 + square / units)


def _newcombe(rates: tuple[float, float], units: tuple[int, int], quantile: float) -> tuple[float, float]:
    """Return an interval of the difference; Newcombe, Statistics in Medicine 17 (1998), method 10."""
    (low_a, high_a), (low_b, high_b) = (_wilson(*each, quantile) for each in zip(rates, units, strict=True))
    difference = rates[1] - rates[0]
    lower = difference - sqrt((rates[1] - low_b) ** 2 + (high_a - rates[0]) ** 2)
    return lower, difference + sqrt((high_b - rates[1]) ** 2 + (rates[0] - low_a) ** 2)
