"""Filters of the role api_gateway."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import Any

from ansible.errors import AnsibleFilterError

Entry = dict[str, Any]
API = "${apigatewayv2_api.main.ApiId}"
#: Mappings of responses are by status, each named: those that services answer with.
STATUSES = (
    *(200, 201, 202, 203, 204, 206),
    *(301, 302, 303, 304, 307, 308),
    *(400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 429),
    *(500, 501, 502, 503, 504),
)


def gateway_versions(versions: Mapping[str, Entry], options: Entry, state: str = "present") -> list[Entry]:
    """Return integration and route of each version of an API.

    Args:
        versions: by the first part of the path, each with ``domain``, the host name at the load balancer, and
            optionally ``load_balancer``, ``deprecated`` and ``sunset`` (dates as 2027-01-31), ``documentation`` (a
            URL) and ``state``.
        options: ``load_balancers`` (names, the first is the default), ``jwt`` (whether tokens are asked for),
            ``scopes``, ``request_headers`` and ``response_headers`` (values by name) and ``timeout`` (seconds).
        state: of those that have none of their own; ``absent`` is that of all.

    Raises:
        AnsibleFilterError: a date is none.
    """
    return [
        {**entry, "state": "absent" if state == "absent" else version.get("state", state)}
        for name, version in versions.items()
        for entry in (_integration(name, version, options), _route(name, options))
    ]


def _integration(name: str, version: Entry, options: Entry) -> Entry:
    headers = {"host": version["domain"], "api-version": name, **options["request_headers"]}
    request = {f"overwrite:header.{header}": value for header, value in headers.items()}
    properties = {
        "ApiId": API,
        "Description": name,
        "IntegrationType": "HTTP_PROXY",
        "IntegrationMethod": "ANY",
        "IntegrationUri": balancer_output(version, options["load_balancers"], "https_listener_arn"),
        "ConnectionType": "VPC_LINK",
        "ConnectionId": "${apigatewayv2_vpc_link.main.VpcLinkId}",
        "PayloadFormatVersion": "1.0",
        "TimeoutInMillis": options["timeout"] * 1000,
        "TlsConfig": {"ServerNameToVerify": version["domain"]},
        "RequestParameters": {"overwrite:path": "/${request.path.proxy}", **request},
        "ResponseParameters": _response({**lifetime(name, version), **options["response_headers"]}),
    }
    return {"type": "apigatewayv2_integration", "name": name, "properties": properties}


def balancer_output(version: Entry, balancers: list[str], output: str) -> str:
    """Return the reference to an output of a version's load balancer; those of the first have their names alone."""
    balancer = version.get("load_balancer", "")
    prefix = f"{balancer}." if balancer and balancer != balancers[0] else ""
    return f"${{output.load_balancer.{prefix}{output}}}"


def _response(headers: Entry) -> dict[str, dict[str, str]]:
    mapped = {f"overwrite:header.{header}": str(value) for header, value in headers.items()}
    return {str(status): mapped for status in STATUSES} if mapped else {}


def lifetime(name: str, version: Entry) -> dict[str, str]:
    """Return the headers that announce the end of a version: RFC 9745, RFC 8594.

    Raises:
        AnsibleFilterError: a date is none.
    """
    headers = {}
    if version.get("deprecated"):
        headers["deprecation"] = f"@{int(_moment(name, version, 'deprecated').timestamp())}"
    if version.get("sunset"):
        headers["sunset"] = format_datetime(_moment(name, version, "sunset"), usegmt=True)
    if version.get("documentation"):
        headers["link"] = f'<{version["documentation"]}>; rel="deprecation"; type="text/html"'
    return headers


def _moment(name: str, version: Entry, field: str) -> datetime:
    try:
        day = date.fromisoformat(str(version[field]))
    except ValueError as error:
        raise AnsibleFilterError(
            f"api_gateway_versions.{name}.{field} is {version[field]!r}; give a date as 2027-01-31"
        ) from error
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _route(name: str, options: Entry) -> Entry:
    properties = {
        "ApiId": API,
        "RouteKey": f"ANY /{name}/{{proxy+}}",
        "Target": f"integrations/${{apigatewayv2_integration.{name}.IntegrationId}}",
        "AuthorizationType": "JWT" if options["jwt"] else "NONE",
        "AuthorizationScopes": options["scopes"] if options["jwt"] else [],
    }
    if options["jwt"]:
        properties["AuthorizerId"] = "${apigatewayv2_authorizer.tokens.AuthorizerId}"
    return {"type": "apigatewayv2_route", "name": name, "properties": properties}


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"gateway_versions": gateway_versions}
