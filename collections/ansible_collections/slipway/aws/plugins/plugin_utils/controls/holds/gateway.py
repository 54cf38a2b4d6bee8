"""Whether a control of the API before the load balancer holds."""

from __future__ import annotations

from collections.abc import Mapping

from ._described import Description, Holds

#: https://docs.aws.amazon.com/securityhub/latest/userguide/apigateway-controls.html
LEVELS = ("ERROR", "INFO")


def _of_all(stage: Description) -> Description:
    found: Description = stage.get("methodSettings", {}).get("*/*", {})
    return found


def _encrypts_what_it_caches(stage: Description) -> bool:
    caching = [one for one in stage.get("methodSettings", {}).values() if one.get("cachingEnabled")]
    return all(one.get("cacheDataEncrypted") for one in caching)


GATEWAY: Mapping[str, Holds] = {
    "APIGateway.1": lambda one: _of_all(one).get("loggingLevel") in LEVELS,
    "APIGateway.2": lambda one: bool(one.get("clientCertificateId")),
    "APIGateway.3": lambda one: bool(one.get("tracingEnabled")),
    "APIGateway.4": lambda one: bool(one.get("webAclArn")),
    "APIGateway.5": _encrypts_what_it_caches,
    "APIGateway.8": lambda one: one.get("AuthorizationType", "NONE") != "NONE",
    "APIGateway.9": lambda one: bool(one.get("AccessLogSettings", {}).get("DestinationArn")),
}
