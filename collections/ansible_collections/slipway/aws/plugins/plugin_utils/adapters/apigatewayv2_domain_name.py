"""Domain names of one's own under which APIs are called."""

from __future__ import annotations

from typing import Any

from ..resource import Resource, State
from ._apigatewayv2 import Apigatewayv2Adapter


class Apigatewayv2DomainName(Apigatewayv2Adapter):
    """A domain name with one certificate. An alias record leads to ``Target`` in ``TargetZoneId``."""

    create_operation = "CreateDomainName"
    kind, known_by, id_name = "domain_name", "DomainName", "DomainName"
    required = ("DomainName", "DomainNameConfigurations")
    identity = ("DomainName",)
    fixed = ("DomainName",)
    computed = ("Target", "TargetZoneId", "Arn")
    taggable = True
    place = "domainnames/{DomainName}"

    def state_of(self, item: dict[str, Any], resource: Resource) -> State:
        """Return the state, with where an alias record leads to."""
        (configured,) = item["DomainNameConfigurations"]
        leads = {"Target": configured.get("ApiGatewayDomainName"), "TargetZoneId": configured.get("HostedZoneId")}
        return super().state_of({**item, **leads}, resource)

    def ready(self, state: State) -> bool:
        """Say whether it answers with its certificate."""
        (configured,) = state["DomainNameConfigurations"]
        return bool(configured.get("DomainNameStatus", "AVAILABLE") == "AVAILABLE")


ADAPTER = Apigatewayv2DomainName
