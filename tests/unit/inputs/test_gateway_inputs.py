"""What an API gateway is given wrong is told in a sentence before anything is called."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_gateway import gateway_problems

RIGHT: dict[str, Any] = {
    "api_gateway_type": "http",
    "api_gateway_jwt_issuer": "https://issuer.example.com",
    "api_gateway_jwt_audience": ["clients"],
    "api_gateway_versions": {
        "v1": {"domain": "web.example.com", "deprecated": "2027-01-31", "sunset": "2027-07-31"},
        "v2": {"domain": "web.example.com", "load_balancer": "second", "documentation": "https://example.com"},
    },
}


def problems(given: dict[str, Any]) -> list[str]:
    return list(gateway_problems("api_gateway", given, ["main", "second"]))


def version(**given: Any) -> dict[str, Any]:
    return {"api_gateway_versions": {"v1": given}}


def test_what_is_right_passes() -> None:
    assert problems(RIGHT) == []


REST: dict[str, Any] = {
    **RIGHT,
    "api_gateway_type": "rest",
    "api_gateway_versions": {"v1": {"domain": "a", "response_templates": {"application/json": "{}"}, "query": ["a"]}},
    "api_gateway_plans": {"basic": {"rate_limit": 5, "quota": 10, "period": "DAY"}, "old": {"state": "absent"}},
    "api_gateway_clients": {"acme": {"plan": "basic"}, "globex": {"plan": "old", "state": "absent"}},
    "api_gateway_web_acl": True,
    "api_gateway_request_headers": {"caller": "$context.authorizer.claims.sub"},
}


def test_what_rest_has_passes() -> None:
    assert problems(REST) == []


def test_what_goes_with_the_type_may_be_named_to_be_removed() -> None:
    gone = {"api_gateway_plans": {"old": {"state": "absent"}}, "api_gateway_clients": {"a": {"state": "absent"}}}
    assert problems({**RIGHT, **gone}) == []


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "plans of http": (
        {"api_gateway_plans": {"basic": {}}},
        "api_gateway_plans is set, which api_gateway_type http lacks; leave it out, or set api_gateway_type: rest",
    ),
    "clients of http": ({"api_gateway_clients": {"acme": {"plan": "basic"}}}, "set api_gateway_type: rest"),
    "web ACL of http": ({"api_gateway_web_acl": True}, "api_gateway_web_acl is set, which api_gateway_type http"),
    "template of http": (version(domain="a", query=["a"]), "api_gateway_versions.v1.query is set, which"),
    "stage of rest": (
        {"api_gateway_type": "rest", "api_gateway_stage": "$default"},
        "api_gateway_stage is '$default', which api_gateway_type rest lacks",
    ),
    "patience of rest": ({"api_gateway_type": "rest", "api_gateway_timeout": 30}, "or set api_gateway_type: http"),
    "mixed value of rest": (
        {"api_gateway_type": "rest", "api_gateway_request_headers": {"a": "b-${context.requestId}"}},
        "api_gateway_request_headers.a is 'b-${context.requestId}'; api_gateway_type rest takes a text or one variable",
    ),
    "plan that is none": (
        {"api_gateway_type": "rest", "api_gateway_clients": {"acme": {"plan": "basic"}}},
        "api_gateway_clients.acme.plan is 'basic'; api_gateway_plans has none",
    ),
    "misspelt limit": (
        {"api_gateway_type": "rest", "api_gateway_plans": {"basic": {"rate": 1}}},
        "api_gateway_plans.basic has rate; allowed are rate_limit",
    ),
    "period that is none": (
        {"api_gateway_type": "rest", "api_gateway_plans": {"basic": {"period": "YEAR"}}},
        "period is 'YEAR'; allowed are DAY, WEEK, MONTH",
    ),
    "name of a client": (
        {
            "api_gateway_type": "rest",
            "api_gateway_plans": {"basic": {}},
            "api_gateway_clients": {"A B": {"plan": "basic"}},
        },
        "a name has up to 32 small letters",
    ),
    "no version": ({"api_gateway_versions": {}}, "api_gateway_versions is empty"),
    "issuer without TLS": (
        {"api_gateway_jwt_issuer": "http://issuer.example.com"},
        "api_gateway_jwt_issuer is 'http://issuer.example.com'",
    ),
    "tokens for anybody": ({"api_gateway_jwt_audience": []}, "api_gateway_jwt_audience is empty"),
    "name of a version": ({"api_gateway_versions": {"one": {"domain": "a"}}}, "a version's name is v and a number"),
    "version without a domain": (version(), "api_gateway_versions.v1.domain is not set"),
    "version that is a text": ({"api_gateway_versions": {"v1": "web"}}, "api_gateway_versions.v1.domain is not set"),
    "misspelt field": (version(domain="a", sunsets="2027-01-31"), "has sunsets; allowed are domain"),
    "state that is none": (version(domain="a", state="gone"), "state is 'gone'; allowed are present and absent"),
    "load balancer that is none": (version(domain="a", load_balancer="x"), "load_balancers has main, second"),
    "date that is none": (version(domain="a", sunset="soon"), "sunset is 'soon'; give a date as 2027-01-31"),
    "end before it is told": (
        version(domain="a", deprecated="2027-07-31", sunset="2027-01-31"),
        "sunset is 2027-01-31, before deprecated, 2027-07-31",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_told(wrong: str) -> None:
    given, part = WRONG[wrong]
    (told,) = problems({**RIGHT, **given})
    assert part in told
    assert told.startswith("api_gateway: ")
