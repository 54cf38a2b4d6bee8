"""What the proxies of the mesh look up for each request. Frozen; a change is new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Target:
    """A task that answers under a name.

    Attributes:
        revision: the deployment that it belongs to.
        reachable: whether the security groups let the caller through.
    """

    id: str
    revision: str
    address: str
    port: int
    reachable: bool


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A name that a task knows.

    Attributes:
        discovery: its name in Cloud Map; server: the ECS service behind it.
        shares: per cent of the calls by deployment while one moves them, empty for all alike.
        seconds: for a whole answer, 0 for no end; idle: after which a silent connection ends, the same.
        log: group and stream of the access log, and whether it has queries.
    """

    name: str
    port: int
    discovery: str
    server: str
    shares: Mapping[str, float]
    seconds: float
    idle: float
    log: Mapping[str, Any] | None
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Proxy:
    """The proxy of a task, where it listens for what the task calls."""

    id: str
    address: str
    port: int
    region: str
    cluster: str
    service: str
    endpoints: tuple[Endpoint, ...]

    def endpoint(self, name: str, port: int) -> Endpoint | None:
        """Return what a name and port lead to."""
        return next((one for one in self.endpoints if (one.name, one.port) == (name.lower(), port)), None)


def proxies(documents: Sequence[Mapping[str, Any]]) -> dict[str, Proxy]:
    """Return the proxies that documents describe, by the id of the task."""
    return {one["id"]: Proxy(**{**one, "endpoints": tuple(map(_endpoint, one["endpoints"]))}) for one in documents}


def _endpoint(item: Mapping[str, Any]) -> Endpoint:
    return Endpoint(**{**item, "targets": tuple(Target(**one) for one in item["targets"])})
