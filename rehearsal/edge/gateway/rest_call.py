"""One request to a REST API, and what mappings, templates and logs may name of it."""

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
from rehearsal.edge.gateway.routes import Gateway, RestStage, Route
from rehearsal.edge.gateway.tokens import Claims


@dataclass
class RestCall:
    """A request whose API, stage and method are known.

    Attributes:
        parameters: of the path.
        body: as it came.
        claims: of its token, where the method asks for one.
        context: what was found out while it was carried, by the names of ``$context``.
    """

    gateway: Gateway
    api: str
    name: str
    stage: RestStage
    request: Request
    route: Route
    parameters: Mapping[str, str]
    body: bytes = b""
    claims: Claims = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    begun: float = field(default_factory=time.perf_counter)

    @property
    def integration(self) -> Mapping[str, Any]:
        """Return where the method leads, in AWS's own names."""
        return self.route.integration

    def given(self) -> dict[str, dict[str, str]]:
        """Return the parameters by kind and name."""
        query = dict(parse_qsl(self.request.query, keep_blank_values=True))
        return {"path": dict(self.parameters), "querystring": query, "header": dict(self.request.headers)}

    def value(self, source: str) -> str:
        """Return what a mapping's source stands for: ``'text'``, ``method.request.header.NAME``, ``context.NAME``."""
        if source.startswith("'"):
            return source[1:-1]
        kind, _, rest = source.partition(".")
        if kind == "context":
            return looked_up(self.told(), rest)
        if kind == "stageVariables":
            return str(self.stage.variables.get(rest, ""))
        place, _, name = rest.removeprefix("request.").partition(".")
        if place == "header":
            return self.request.headers.get(name, "")
        return self.given()[place].get(name, "")

    def told(self) -> dict[str, Any]:
        """Return what ``$context`` has."""
        return {
            "requestId": self.id,
            "extendedRequestId": self.id,
            "apiId": self.api,
            "stage": self.name,
            "domainName": self.request.host,
            "httpMethod": self.request.method,
            "path": self.request.path,
            "resourcePath": self.route.key.partition(" ")[2],
            "protocol": "HTTP/1.1",
            "requestTime": f"{datetime.now(UTC):%d/%b/%Y:%H:%M:%S +0000}",
            "responseLatency": round((time.perf_counter() - self.begun) * 1000),
            **self.context,
            "identity": {
                "sourceIp": self.request.source,
                "userAgent": self.request.headers.get("User-Agent", ""),
                **self.context.get("identity", {}),
            },
            "authorizer": {"claims": self.claims, **self.context.get("authorizer", {})},
        }
