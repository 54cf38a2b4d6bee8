"""Integrations: where a route of an API leads, and what is changed of requests and responses on the way."""

from __future__ import annotations

from typing import Any

from ..resource import State
from ._apigatewayv2 import Apigatewayv2Adapter

#: Mappings of which AWS keeps an entry until it is sent without a value.
KEPT = ("RequestParameters", "ResponseParameters")


class Apigatewayv2Integration(Apigatewayv2Adapter):
    """An integration, known by its description, since it has no name."""

    create_operation = "CreateIntegration"
    kind, known_by, id_name = "integration", "Description", "IntegrationId"
    required = ("ApiId", "Description", "IntegrationType")
    identity = ("ApiId", "Description")
    exact = ("RequestParameters", "ResponseParameters", "TlsConfig")
    computed = ("IntegrationId",)
    parent = "ApiId"

    def state_of(self, item: dict[str, Any], resource: Any) -> State:
        """Return the state, with the mappings that may be kept."""
        return super().state_of({**item, **{name: item.get(name) or {} for name in KEPT}}, resource)

    def updated(self, wanted: State, state: State) -> State:
        """Send an empty value for each entry that is to go."""
        ended: dict[str, dict[str, Any]] = {
            "RequestParameters": dict.fromkeys(state["RequestParameters"], ""),
            "ResponseParameters": {code: dict.fromkeys(each, "") for code, each in state["ResponseParameters"].items()},
        }
        if "RequestParameters" in wanted:
            wanted = {**wanted, "RequestParameters": {**ended["RequestParameters"], **wanted["RequestParameters"]}}
        if "ResponseParameters" in wanted:
            given, codes = wanted["ResponseParameters"], ended["ResponseParameters"]
            merged = {code: {**codes.get(code, {}), **given.get(code, {})} for code in {**codes, **given}}
            wanted = {**wanted, "ResponseParameters": merged}
        return wanted


ADAPTER = Apigatewayv2Integration
