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
        with place.deployed(tag):
            yield

    return happens


@contextmanager
def _attack(place: Place) -> Iterator[None]:
    with place.sending(ATTACK, clients=16):
        yield


@contextmanager
def _hosts_fail(place: Place) -> Iterator[None]:
    """Have the service's tasks killed, again and again, as hosts that fail would."""
    with place.repeating(place.kill_tasks):
        yield


def _moved(threshold: float, *names: str) -> Callable[[Place], Any]:
    """Move thresholds, for what takes too long or has no cause on one machine: a full disk, an old certificate."""

    @contextmanager
    def happens(place: Place) -> Iterator[None]:
        before = [place.alarm(name) for name in names]
        for one in before:
            place.put({**one, "Threshold": threshold})
        try:
            yield
        finally:
            for one in before:
                place.put(one)

    return happens


#: Name of the cause, alarms, who tells people, and the threshold that their metrics have passed already.
MOVED = (
    ("availability-slow", ("web-availability-slow-30m", "web-availability-slow-6h"), "web", -1),
    ("latency-slow", ("web-latency-slow-30m", "web-latency-slow-6h"), "web", -1),
    ("latency-p99", ("web-{colour}-latency-p99",), "web", 0),
    ("task-cpu", ("web-{colour}-cpu",), "web-tasks", -1),
    ("task-memory", ("web-{colour}-memory",), "web-tasks", 0),
    ("certificate-days", ("certificate-days",), "certificate", 100_000),
    ("database-free-storage", ("database-free-storage",), "database", 1e15),
    ("database-free-memory", ("database-free-memory",), "database", 1e15),
    ("database-connections", ("database-connections",), "database", 0),
    ("database-cpu", ("database-cpu",), "database", -1),
    ("database-cpu-credits", ("database-cpu-credits",), "database", -1),
)
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
        ("web-latency-fast-5m", "web-latency-fast-1h", "web-{colour}-latency-p95"),
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
    Cause("hosts-fail", "tasks are killed again and again", ("web-{colour}-connection-errors",), ("web",), _hosts_fail),
    *(
        Cause(name, f"thresholds are moved to {threshold:g}", alarms, (page,), _moved(threshold, *alarms))
        for name, alarms, page, threshold in MOVED
    ),
)
