"""One request to an API, and what mappings and logs may name of it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from rehearsal.edge.conditions import Request
from rehearsal.edge.gateway.mapping import looked_up
from rehearsal.edge.gateway.routes import Api, Gateway, Route
from rehearsal.edge.gateway.tokens import Claims


@dataclass(kw_only=True)
class Known:
    """What is found out of a request while it is carried.

    Attributes:
        claims: of its token, where one is asked for.
        context: by the names of ``$context``.
    """

    claims: Claims = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    begun: float = field(default_factory=time.perf_counter)

    def told_of(self, request: Request) -> dict[str, Any]:
        """Return what ``$context`` has in both APIs."""
        return {
            "requestId": self.id,
            "domainName": request.host,
            "httpMethod": request.method,
            "path": request.path,
            "protocol": "HTTP/1.1",
            "requestTime": f"{datetime.now(UTC):%d/%b/%Y:%H:%M:%S +0000}",
            "responseLatency": round((time.perf_counter() - self.begun) * 1000),
            "identity": {"sourceIp": request.source, "userAgent": request.headers.get("User-Agent", "")},
            "authorizer": {"claims": self.claims},
        }


@dataclass
class Call(Known):
    """A request whose API, stage and route are known.

    Attributes:
        path: without the stage, or the first part by which the API is mapped.
        parameters: of the route's path.
    """

    gateway: Gateway
    api: Api
    stage: str
    request: Request
    path: str
    route: Route
    parameters: Mapping[str, str]

    @property
    def settings(self) -> Mapping[str, Any]:
        """The stage, in the API's own names."""
        return self.api.stages[self.stage]

    def throttle(self) -> Mapping[str, Any]:
        """Return the route's limits: the stage's, unless it has its own."""
        return {**self.settings["throttle"], **self.settings["routes"].get(self.route.key, {})}

    def variable(self, name: str) -> str:
        """Return what a variable of a mapping stands for, e.g. ``request.header.accept``."""
        kind, _, rest = name.partition(".")
        if kind == "request":
            return self._of_request(rest)
        if kind == "stageVariables":
            return looked_up(self.settings["variables"], rest)
        return looked_up(self.told(), rest) if kind == "context" else ""

    def _of_request(self, name: str) -> str:
        kind, _, rest = name.partition(".")
        if kind == "header":
            return ",".join(self.request.headers.getall(rest, ()))
        if kind == "querystring":
            return ",".join(value for key, value in parse_qsl(self.request.query) if key == rest)
        return looked_up(self.parameters, rest) if rest else self.path

    def told(self) -> dict[str, Any]:
        """Return what ``$context`` has."""
        own = {"apiId": self.api.id, "stage": self.stage, "routeKey": self.route.key}
        return {**self.told_of(self.request), **own, **self.context}
