"""What makes alarms ring: faults, bad versions, attacks, and alarms that are changed to where their metric is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from rehearsal import cli
from rehearsal.drill.place import Place

ATTACK = "/notes?q=%3Cscript%3Ealert(1)%3C/script%3E"
Happens = Callable[[Place], Any]
Changes = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Cause:
    """One cause.

    Attributes:
        name: for the command line.
        what: for people.
        alarms: that must ring, without the environment's prefix; ``{service}`` is the one that is
            drilled, ``{colour}`` its side that serves.
        pages: alarms that must tell people.
        happens: while inside, it goes on.
        follow: alarms that may tell people too, of what it does to users; nobody else may.
        changes: what is other than declared of alarms, by name, until they are silent again.
    """

    name: str
    what: str
    alarms: tuple[str, ...]
    pages: tuple[str, ...]
    happens: Happens
    follow: tuple[str, ...] = ()
    changes: Changes = field(default_factory=dict)

    def at(self, service: str, colour: str) -> Cause:
        """Return it with the names of alarms that a service has."""

        def named(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(name.format(service=service, colour=colour) for name in names)

        return replace(self, alarms=named(self.alarms), pages=named(self.pages), follow=named(self.follow))

    def among(self, there: Collection[str]) -> Cause:
        """Return it with those alarms and pages only that an environment has."""
        alarms, pages = (tuple(name for name in names if name in there) for names in (self.alarms, self.pages))
        return replace(self, alarms=alarms, pages=pages)


@contextmanager
def _database_down(place: Place) -> Iterator[None]:
    cli.order("databases.down", target=place.database)
    try:
        yield
    finally:
        cli.order("databases.up", target=place.database)


def _version(tag: str, **more: Any) -> Happens:
    """Have a version serve, with more of the ECS service changed meanwhile."""
    return lambda place: place.deployed(tag, **more)


def _requests(path: str, clients: int) -> Happens:
    """Have clients send as many requests as they can."""
    return lambda place: place.sending(path, clients, pause=0)


@contextmanager
def _slow(place: Place) -> Iterator[None]:
    """Have a version serve that is slow, to so many clients that it answers enough requests to count."""
    with place.deployed("1.2.0-slow"), place.sending("/notes", clients=24, pause=0):
        yield


@contextmanager
def _hosts_fail(place: Place) -> Iterator[None]:
    """Have one task killed after the other, as hosts that fail would."""
    with place.repeating(place.kill_task, pause=2):
        yield


def _moved(what: str, page: str, thresholds: Mapping[str, float]) -> Cause:
    """Return what moves thresholds, for what takes hours or has no cause on one machine."""
    changes = {name: {"Threshold": threshold} for name, threshold in thresholds.items()}
    name = f"limits-of-{what}"
    return Cause(name, "thresholds are moved to where metrics are", tuple(thresholds), (page,), _changed(changes))


def _changed(changes: Changes) -> Happens:
    return lambda place: place.changed(changes)


#: A slow machine sends a tenth of what an attack is.
BLOCKED = {"firewall-blocked": {"Threshold": 100}}
#: A percentile counts however few requests there are: a fast clock makes minutes of seconds.
FEW: dict[str, Any] = {"EvaluateLowSampleCountPercentile": "evaluate"}
SLOW = {"{service}-{colour}-latency-p95": FEW, "{service}-{colour}-latency-p99": {**FEW, "Threshold": 1}}
#: The bad version fails as many per cent of its requests as are allowed to fail.
ERRORS = {"{service}-{colour}-error-share": {"Threshold": 1}}
#: A target that is gone is soon taken out.
LOST = {"{service}-{colour}-connection-errors": {"Threshold": 0, "DatapointsToAlarm": 1}}
#: No task of the version before stays, and ECS leaves those that are not healthy.
AT_ONCE: dict[str, Any] = {
    "deploymentConfiguration": {"minimumHealthyPercent": 0, "maximumPercent": 100},
    "availabilityZoneRebalancing": "DISABLED",
}
LEFT_ALONE: dict[str, Any] = {"healthCheckGracePeriodSeconds": 24 * 3600}
#: What leaves the error budget alone comes first: the windows on it are up to six hours long.
CAUSES = (
    _moved(
        "service",
        "{service}",
        dict.fromkeys(
            (f"{{service}}-{kind}-slow-{window}" for kind in ("availability", "latency") for window in ("30m", "6h")),
            -1,
        ),
    ),
    _moved("tasks", "{service}-tasks", {"{service}-{colour}-cpu": -1, "{service}-{colour}-memory": 0}),
    _moved(
        "database",
        "database",
        {
            "database-free-storage": 1e15,
            "database-free-memory": 1e15,
            "database-connections": 0,
            "database-cpu": -1,
            "database-cpu-credits": -1,
        },
    ),
    _moved("certificate", "certificate", {"certificate-days": 100_000}),
    Cause(
        "attack",
        "requests with script in them, as many as there can be",
        tuple(BLOCKED),
        ("firewall",),
        _requests(ATTACK, 16),
        changes=BLOCKED,
    ),
    Cause(
        "crash",
        "a version that does not start is deployed",
        ("{service}-{colour}-running-tasks", "load-balancer-errors"),
        ("{service}-tasks", "load-balancer"),
        _version("1.2.0-crash-start", **AT_ONCE),
    ),
    Cause(
        "unhealthy",
        "a version serves that fails its health check",
        ("{service}-{colour}-unhealthy-hosts",),
        ("{service}",),
        _version("1.2.0-unhealthy", **AT_ONCE, **LEFT_ALONE),
        follow=("load-balancer", "{service}-tasks"),
    ),
    Cause(
        "hosts-fail",
        "one task after the other is killed",
        tuple(LOST),
        ("{service}",),
        _hosts_fail,
        follow=("load-balancer", "{service}-tasks"),
        changes=LOST,
    ),
    Cause(
        "slow",
        "a version that takes 1.5 s serves all",
        ("{service}-latency-fast-5m", "{service}-latency-fast-1h", *SLOW),
        ("{service}",),
        _slow,
        changes=SLOW,
    ),
    Cause(
        "errors",
        "a version that fails 5 % of its requests serves all",
        ("{service}-availability-fast-5m", "{service}-availability-fast-1h", *ERRORS),
        ("{service}",),
        _version("1.2.0-errors"),
        changes=ERRORS,
    ),
    Cause(
        "database-down",
        "the database's server crashes",
        ("database-silent",),
        ("database",),
        _database_down,
        follow=("{service}", "load-balancer", "{service}-tasks"),
    ),
)
