"""What the front of API Gateway looks up for each request. Frozen; a change is a new table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rehearsal.edge.routes import Certificate, Listener

#: TLS of a regional domain name with API Gateway's policy TLS_1_2.
POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
DEFAULT = "$default"
_PARAMETER = re.compile(r"\{(\w+)(\+?)\}")


@dataclass(frozen=True)
class Route:
    """A route in the API's own names, and the integration and authorizer that it names."""

    key: str
    fields: Mapping[str, Any]
    integration: Mapping[str, Any]
    authorizer: Mapping[str, Any] | None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return what the path of a request must match."""
        path = self.key.partition(" ")[2]
        parts = _PARAMETER.split(path)
        text = "".join(
            re.escape(parts[i])
            + (f"(?P<{parts[i + 1]}>{'.+' if parts[i + 2] else '[^/]+'})" if i + 1 < len(parts) else "")
            for i in range(0, len(parts), 3)
        )
        return re.compile(text)

    def rank(self) -> tuple[bool, bool, int, bool]:
        """Return where it stands among routes that match: whole paths first, then greedy ones, ``$default`` last."""
        path = self.key.partition(" ")[2]
        return self.key == DEFAULT, "+}" in path, -len(_PARAMETER.sub("", path)), self.key.startswith("ANY ")

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """Return the path's parameters when the route is for a request, else ``None``."""
        if self.key == DEFAULT:
            return {}
        wanted = self.key.partition(" ")[0]
        found = self.pattern.fullmatch(path) if wanted in {"ANY", method} else None
        return found.groupdict() if found else None


@dataclass(frozen=True)
class Api:
    """An API with the stages that are deployed by themselves, each in the API's own names."""

    id: str
    endpoint: bool
    stages: Mapping[str, Mapping[str, Any]]
    routes: tuple[Route, ...]

    def route(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the most specific route for a request and the path's parameters."""
        return first(self.routes, method, path)


def first(routes: tuple[Route, ...], method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Return the first of routes in order of rank that is for a request, and the path's parameters."""
    for route in routes:
        found = route.match(method, path)
        if found is not None:
            return route, found
    return None


@dataclass(frozen=True)
class RestStage:
    """A stage of a REST API with the methods that its deployment has, in the API's own names.

    Attributes:
        plans: usage plans that are for it, each with its keys by value.
        firewall: its web ACL.
    """

    routes: tuple[Route, ...]
    throttle: Mapping[str, Any]
    variables: Mapping[str, str]
    log: Mapping[str, Any]
    plans: tuple[Mapping[str, Any], ...]
    firewall: Mapping[str, Any] | None


@dataclass(frozen=True)
class RestApi:
    """A REST API."""

    id: str
    endpoint: bool
    stages: Mapping[str, RestStage]


@dataclass(frozen=True)
class Gateway:
    """API Gateway in one region.

    Attributes:
        arn: tells it from load balancers' listeners.
        address: the loopback address it binds.
        targets: names that DNS records lead to, and those of the APIs themselves.
        domains: mappings by domain name: the first part of the path, API and stage.
        trusted: PEM of the root that signs the cloud's certificates.
    """

    arn: str
    address: str
    targets: tuple[str, ...]
    domains: Mapping[str, tuple[tuple[str, str, str], ...]]
    apis: Mapping[str, Api]
    rest: Mapping[str, RestApi]
    certificates: tuple[Certificate, ...]
    trusted: str

    @property
    def listener(self) -> Listener:
        """Its one listener."""
        return Listener(self.arn, 443, "HTTPS", POLICY, self.certificates, {}, ())


def gateways(documents: list[Mapping[str, Any]]) -> dict[str, Gateway]:
    """Return the gateways that documents describe, by their ARNs."""
    return {item["arn"]: _gateway(item) for item in documents}


def _gateway(item: Mapping[str, Any]) -> Gateway:
    certificates = tuple(Certificate(**{**entry, "names": tuple(entry["names"])}) for entry in item["certificates"])
    domains = {name: tuple(tuple(each) for each in mappings) for name, mappings in item["domains"].items()}
    apis = {one["id"]: _api(one) for one in item["apis"]}
    rest = {one["id"]: _rest(one) for one in item["rest"]}
    shown = {"targets": tuple(item["targets"]), "certificates": certificates, "domains": domains}
    given = {**shown, "apis": apis, "rest": rest}
    return Gateway(**{**item, **given})


def _api(item: Mapping[str, Any]) -> Api:
    return Api(item["id"], item["endpoint"], item["stages"], _routes(item))


def _routes(item: Mapping[str, Any]) -> tuple[Route, ...]:
    return tuple(sorted((Route(**one) for one in item["routes"]), key=Route.rank))


def _rest(item: Mapping[str, Any]) -> RestApi:
    stages = {
        name: RestStage(**{**one, "routes": _routes(one), "plans": tuple(one["plans"])})
        for name, one in item["stages"].items()
    }
    return RestApi(item["id"], item["endpoint"], stages)
