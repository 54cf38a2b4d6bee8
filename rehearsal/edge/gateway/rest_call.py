"""One request to a REST API, and what mappings, templates and logs may name of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from rehearsal.edge.conditions import Request
from rehearsal.edge.gateway.call import Known
from rehearsal.edge.gateway.mapping import looked_up
from rehearsal.edge.gateway.routes import Gateway, RestStage, Route


@dataclass
class RestCall(Known):
    """A request whose API, stage and method are known.

    Attributes:
        parameters: of the path.
        body: as it came.
    """

    gateway: Gateway
    api: str
    name: str
    stage: RestStage
    request: Request
    route: Route
    parameters: Mapping[str, str]
    body: bytes = b""

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
        own = {
            "extendedRequestId": self.id,
            "apiId": self.api,
            "stage": self.name,
            "resourcePath": self.route.key.partition(" ")[2],
        }
        told = {**self.told_of(self.request), **own}
        parts = {name: {**told[name], **self.context.get(name, {})} for name in ("identity", "authorizer")}
        return {**told, **self.context, **parts}
