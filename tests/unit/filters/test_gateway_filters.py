from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.filter.gateway import STATUSES, gateway_versions

OPTIONS: dict[str, Any] = {
    "load_balancers": ["main", "second"],
    "jwt": True,
    "scopes": ["notes:read"],
    "request_headers": {"caller": "$context.authorizer.claims.sub"},
    "response_headers": {},
    "timeout": 29,
}


def made(version: dict[str, Any], **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the properties of the integration and of the route of one version."""
    found = gateway_versions({"v1": {"domain": "web.example.com", **version}}, {**OPTIONS, **options})
    integration, route = (entry["properties"] for entry in found)
    return integration, route


def test_requests_lose_the_version_and_keep_the_rest() -> None:
    integration, route = made({})
    assert route["RouteKey"] == "ANY /v1/{proxy+}"
    assert integration["RequestParameters"] == {
        "overwrite:path": "/${request.path.proxy}",
        "overwrite:header.host": "web.example.com",
        "overwrite:header.api-version": "v1",
        "overwrite:header.caller": "$context.authorizer.claims.sub",
    }
    assert integration["TlsConfig"] == {"ServerNameToVerify": "web.example.com"}
    assert integration["ResponseParameters"] == {}


def test_a_version_that_ends_says_so_whatever_its_status() -> None:
    integration, _ = made(
        {"deprecated": "2027-01-31", "sunset": "2027-07-31", "documentation": "https://example.com/v2"}
    )
    expected = {
        "overwrite:header.deprecation": "@1801353600",
        "overwrite:header.sunset": "Sat, 31 Jul 2027 00:00:00 GMT",
        "overwrite:header.link": '<https://example.com/v2>; rel="deprecation"; type="text/html"',
    }
    assert integration["ResponseParameters"] == {str(status): expected for status in STATUSES}
    assert {200, 301, 404, 429, 503} <= set(STATUSES)


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(AnsibleFilterError, match=r"api_gateway_versions\.v1\.sunset is 'soon'; give a date"):
        made({"sunset": "soon"})


@pytest.mark.parametrize(
    ("balancer", "reference"),
    [
        ("", "${output.load_balancer.https_listener_arn}"),
        ("main", "${output.load_balancer.https_listener_arn}"),
        ("second", "${output.load_balancer.second.https_listener_arn}"),
    ],
)
def test_it_leads_to_the_load_balancer_of_the_version(balancer: str, reference: str) -> None:
    assert made({"load_balancer": balancer})[0]["IntegrationUri"] == reference


def test_tokens_are_asked_for_where_somebody_issues_them() -> None:
    _, guarded = made({})
    assert (guarded["AuthorizationType"], guarded["AuthorizationScopes"]) == ("JWT", ["notes:read"])
    assert guarded["AuthorizerId"] == "${apigatewayv2_authorizer.tokens.AuthorizerId}"
    _, free = made({}, jwt=False)
    assert (free["AuthorizationType"], free["AuthorizationScopes"]) == ("NONE", [])
    assert "AuthorizerId" not in free


def test_a_version_is_removed_by_its_state() -> None:
    versions = {"v1": {"domain": "a", "state": "absent"}, "v2": {"domain": "b"}}
    found = gateway_versions(versions, OPTIONS)
    assert [(entry["name"], entry["state"]) for entry in found] == [("v1", "absent")] * 2 + [("v2", "present")] * 2
