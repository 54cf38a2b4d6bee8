"""What makes alarms ring: faults, bad versions, attacks, and thresholds that are moved to where the metric is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rehearsal import cli
from rehearsal.drill.place import Place

ATTACK = "/notes?q=%3Cscript%3Ealert(1)%3C/script%3E"


@dataclass(frozen=True)
class Cause:
    """One cause.

    Attributes:
        name: for the command line.
        what: for people.
        alarms: that must ring, without the environment's prefix; ``{colour}`` is the side that serves.
        pages: alarms that must tell people, and nobody else may.
        happens: while inside, it goes on.
    """

    name: str
    what: str
    alarms: tuple[str, ...]
    pages: tuple[str, ...]
    happens: Callable[[Place], Any]


@contextmanager
def _database_down(place: Place) -> Iterator[None]:
    cli.order("databases.down", target=place.database)
    try:
        yield
    finally:
        cli.order("databases.up", target=place.database)


def _version(tag: str) -> Callable[[Place], Any]:
    @contextmanager
    def happens(place: Place) -> Iterator[None]:
        good = place.running()
        place.deploy(place.with_image(good, tag))
        try:
            yield
        finally:
            place.deploy(good)

    return happens


@contextmanager
def _attack(place: Place) -> Iterator[None]:
    with place.sending(ATTACK, clients=16):
        yield


def _moved(alarm: str, threshold: float) -> Callable[[Place], Any]:
    """Move the threshold of an alarm, for causes that no machine like this has: a full disk, an old certificate."""

    @contextmanager
    def happens(place: Place) -> Iterator[None]:
        before = place.alarm(alarm)
        place.put({**before, "Threshold": threshold})
        try:
            yield
        finally:
            place.put(before)

    return happens


BURNS = ("web-availability-fast-5m", "web-availability-fast-1h")
SLOW = ("web-latency-fast-5m", "web-latency-fast-1h")
CAUSES = (
    Cause(
        "database-down",
        "the database's server crashes",
        ("database-silent", "web-{colour}-error-share", "web-{colour}-unhealthy-hosts"),
        ("database",),
        _database_down,
    ),
    Cause(
        "errors",
        "a version that fails 5 % of its requests serves all",
        ("web-availability-fast-5m", "web-availability-fast-1h"),
        ("web",),
        _version("1.2.0-errors"),
    ),
    Cause(
        "slow",
        "a version that takes 1.5 s serves all",
        (*SLOW, "web-{colour}-latency-p95"),
        ("web",),
        _version("1.2.0-slow"),
    ),
    Cause(
        "crash",
        "a version that does not start is deployed",
        ("web-{colour}-running-tasks", "load-balancer-errors"),
        ("web-tasks", "load-balancer"),
        _version("1.2.0-crash-start"),
    ),
    Cause("attack", "requests with script in them, hundreds a second", ("firewall-blocked",), ("firewall",), _attack),
    *(
        Cause(name, f"the threshold of {name} is moved to {threshold:g}", (name,), (page,), _moved(name, threshold))
        for name, page, threshold in (
            ("certificate-days", "certificate", 100_000),
            ("database-free-storage", "database", 1e15),
            ("database-free-memory", "database", 1e15),
            ("database-connections", "database", 0),
            ("database-cpu", "database", -1),
            ("database-cpu-credits", "database", -1),
            ("web-{colour}-cpu", "web-tasks", -1),
            ("web-{colour}-memory", "web-tasks", 0),
            ("web-{colour}-latency-p99", "web", 0),
        )
    ),
)
