"""The API before the load balancer, where there is one (API Gateway)."""

from __future__ import annotations

from ...cloud import Cloud
from ._found import Found, Outputs, by_name


def rest_stage(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the stages of a REST API."""
    api = _api(outputs, "rest")
    listed = cloud.read("apigateway", "get_stages", restApiId=api).get("item", []) if api else []
    yield from ((one["stageName"], one) for one in listed)


def http_stage(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the stages of an HTTP API."""
    api = _api(outputs, "http")
    listed = cloud.pages("apigatewayv2", "get_stages", "Items", ApiId=api) if api else []
    yield from ((one["StageName"], one) for one in listed)


def http_route(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the routes of an HTTP API."""
    api = _api(outputs, "http")
    listed = cloud.pages("apigatewayv2", "get_routes", "Items", ApiId=api) if api else []
    yield from ((one["RouteKey"], one) for one in listed)


def _api(outputs: Outputs, kind: str) -> str:
    """Return the id of the API if it is of a kind."""
    number = str(outputs.get("api_gateway/api_id", ""))
    return number if number and outputs["api_gateway/type"] == kind else ""


GATEWAY = by_name(rest_stage, http_stage, http_route)
