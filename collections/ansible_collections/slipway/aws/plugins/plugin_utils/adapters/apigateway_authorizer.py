"""Authorizers of REST APIs: who may call their methods."""

from __future__ import annotations

import json
from typing import Any

from ..compare import Changes
from ..resource import Resource, State
from ._apigateway import ApigatewayAdapter, Patch, replaced

JWT = "jwtConfiguration"


class ApigatewayAuthorizer(ApigatewayAdapter):
    """An authorizer of JSON web tokens, found by its name."""

    create_operation = "CreateAuthorizer"
    kind, asked_by = "authorizer", "authorizerId"
    required = ("restApiId", "name", "type", "identitySource", JWT)
    identity = ("restApiId", "name")
    immutable = ("type",)
    exact = (JWT,)
    computed = ("id",)
    parent = "restApiId"

    def state_of(self, item: dict[str, Any], resource: Resource) -> State:
        """Return the state, without where issuers have their keys, which AWS finds out."""
        issuers = [
            {name: value for name, value in issuer.items() if name != "jwksUri" and value not in (None, [])}
            for issuer in (item.get(JWT) or {}).get("issuers", ())
        ]
        return super().state_of({**item, JWT: {**(item.get(JWT) or {}), "issuers": issuers}}, resource)

    def patches(self, changes: Changes) -> list[Patch]:
        """Return the operations; what is said of tokens is replaced whole."""
        values = {name: change.after for name, change in changes.items()}
        return [
            replaced(f"/{name}", json.dumps(value) if isinstance(value, dict) else value)
            for name, value in values.items()
        ]


ADAPTER = ApigatewayAuthorizer
