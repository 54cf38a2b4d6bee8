"""Loads of a service, minute by minute, as its users make them. Seeded, standard library only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import cos, exp, pi, sqrt
from random import Random
from typing import NamedTuple

DAY = 24 * 60
#: Days from Monday on.
SATURDAY = 5
#: Requests a second that a task carries when nothing is wrong with it.
CARRIES = 10.0
#: Standard deviation of the load around its wave, and how much of one minute's deviation is left in the next.
WOBBLE, KEPT = 0.03, 0.9


class Minute(NamedTuple):
    """One minute.

    Attributes:
        requests: that users send in it; carries: requests a second that one task carries; memory: per cent it uses.
    """

    requests: float
    carries: float = CARRIES
    memory: float = 45.0


class Load(NamedTuple):
    """A load with its name."""

    name: str
    minutes: list[Minute]


def _wobbly(random: Random, rates: Iterator[float]) -> Iterator[float]:
    """Yield requests a minute of loads in requests a second: wobbling together, and each minute by chance."""
    wobble = 0.0
    for rate in rates:
        wobble = KEPT * wobble + random.gauss(0, WOBBLE * sqrt(1 - KEPT**2))
        mean = 60 * rate * exp(wobble)
        yield max(0.0, random.gauss(mean, sqrt(mean)))


def _wave(random: Random, days: int, weekday: Callable[[int], float]) -> Iterator[float]:
    peak, trough, noon = random.uniform(60, 400), random.uniform(0.15, 0.4), random.uniform(11, 15) * 60
    for minute in range(days * DAY):
        height = (1 + cos(2 * pi * (minute - noon) / DAY)) / 2
        yield peak * weekday(minute // DAY) * (trough + (1 - trough) * height)


def daily_wave(random: Random) -> list[Minute]:
    """Return two days with their nights."""
    return [Minute(requests) for requests in _wobbly(random, _wave(random, 2, lambda _: 1.0))]


def weekend(random: Random) -> list[Minute]:
    """Return a week from Monday on, with a quiet end."""
    quiet = random.uniform(0.2, 0.6)
    return [
        Minute(requests)
        for requests in _wobbly(random, _wave(random, 7, lambda day: quiet if day >= SATURDAY else 1.0))
    ]


def flash_crowd(random: Random) -> list[Minute]:
    """Return ten hours in which ten times as many come within a minute, stay a while, and go slowly."""
    usual, comes, stays = random.uniform(20, 60), random.randrange(120, 240), random.randrange(5, 40)
    half = random.uniform(15, 60)

    def rates() -> Iterator[float]:
        for minute in range(10 * 60):
            since = minute - comes - stays
            more = 0.0 if minute < comes else 9.0 * (1.0 if since < 0 else 0.5 ** (since / half))
            yield usual * (1 + more)

    return [Minute(requests) for requests in _wobbly(random, rates())]


def slow_leak(random: Random) -> list[Minute]:
    """Return a day in which each request takes more and more CPU and memory, at a load that hardly changes."""
    usual, worse = random.uniform(60, 300), random.uniform(0.2, 0.4)

    def rates() -> Iterator[float]:
        for minute in range(DAY):
            yield usual * (1 + 0.15 * cos(2 * pi * minute / DAY))

    return [
        Minute(requests, CARRIES * (1 - worse * minute / DAY), 40 + 30 * minute / DAY)
        for minute, requests in enumerate(_wobbly(random, rates()))
    ]


KINDS: dict[str, Callable[[Random], list[Minute]]] = {
    "daily wave": daily_wave,
    "flash crowd": flash_crowd,
    "slow leak": slow_leak,
    "weekend": weekend,
}


def loads(seed: str, count: int) -> list[Load]:
    """Return loads of each kind, the first half of which is for tuning."""
    named = [(kind, Random(f"{seed} {kind} {number}")) for number in range(count) for kind in KINDS]  # noqa: S311  a simulation
    return [Load(kind, KINDS[kind](random)) for kind, random in named]
