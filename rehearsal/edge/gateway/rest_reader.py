"""Reads the REST APIs of a region and writes what the front routes by: what each stage's deployment had."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from rehearsal.control.rest_apis import Data, Region, RestApi

PORTS = {"http": 80, "https": 443}
#: Returns the address in the VPC from which a link reaches a load balancer's listener, and that listener's ARN.
Linked = Callable[[str, str, int], tuple[str, str]]


def rest_apis(region: Region, linked: Linked, acls: Mapping[str, Any], name: str) -> list[Data]:
    """Return a document an API.

    Args:
        region: what there is.
        linked: what a VPC link and a load balancer's ARN and port come to.
        acls: web ACLs by what they protect.
        name: of the region.
    """
    return [_api(region, one, linked, acls, name) for one in list(region.apis.values())]


def _api(region: Region, api: RestApi, linked: Linked, acls: Mapping[str, Any], name: str) -> Data:
    number = api.shown["id"]
    return {
        "id": number,
        "endpoint": not api.shown.get("disableExecuteApiEndpoint"),
        "stages": {
            stage: {
                **_stage(api, shown, linked),
                "plans": _plans(region, {"apiId": number, "stage": stage}),
                "firewall": acls.get(f"arn:aws:apigateway:{name}::/restapis/{number}/stages/{stage}"),
            }
            for stage, shown in list(api.stages.items())
        },
    }


def _stage(api: RestApi, shown: Data, linked: Linked) -> Data:
    deployed = api.deployments[shown["deploymentId"]]
    routes = [
        _route(f"{verb} {path['path']}", method, deployed.authorizers, linked)
        for path in deployed.paths
        for verb, method in (path.get("resourceMethods") or {}).items()
    ]
    settings = (shown.get("methodSettings") or {}).get("*/*") or {}
    limits = {"ThrottlingRateLimit": "throttlingRateLimit", "ThrottlingBurstLimit": "throttlingBurstLimit"}
    return {
        "routes": routes,
        "throttle": {name: settings[own] for name, own in limits.items() if own in settings},
        "variables": dict(shown.get("variables") or {}),
        "log": dict(shown.get("accessLogSettings") or {}),
    }


def _route(key: str, method: Data, authorizers: Mapping[str, Data], linked: Linked) -> Data:
    integration = method["methodIntegration"]
    uri = urlsplit(integration["uri"])
    port = uri.port or PORTS[uri.scheme]
    link, listener = linked(integration["connectionId"], integration["integrationTarget"], port)
    reached = {"uri": listener, "link": link, "server": uri.hostname, "seconds": integration["timeoutInMillis"] / 1000}
    authorizer = authorizers.get(method.get("authorizerId", ""))
    return {
        "key": key,
        "fields": method,
        "integration": {**integration, "reached": reached},
        "authorizer": _authorizer(authorizer) if authorizer else None,
    }


def _authorizer(one: Data) -> Data:
    issuers = [{"Issuer": each["issuer"], "Audience": each["audiences"]} for each in one["jwtConfiguration"]["issuers"]]
    return {"issuers": issuers, "header": one["identitySource"].rpartition(".")[2]}


def _plans(region: Region, stage: Data) -> list[Data]:
    return [
        {
            "id": number,
            "throttle": plan.get("throttle") or {},
            "quota": plan.get("quota") or {},
            "keys": {
                region.keys[one]["value"]: {"id": one, "name": region.keys[one].get("name", "")}
                for one in region.members.get(number, ())
                if region.keys[one].get("enabled")
            },
        }
        for number, plan in list(region.plans.items())
        if stage in (plan.get("apiStages") or ())
    ]
