from __future__ import annotations

from typing import Any

from ansible_collections.slipway.aws.plugins.filter.gateway import STATUSES
from ansible_collections.slipway.aws.plugins.filter.gateway_rest import gateway_clients, gateway_rest_methods

OPTIONS: dict[str, Any] = {
    "load_balancers": ["main", "second"],
    "jwt": True,
    "scopes": ["notes:read"],
    "keys": True,
    "request_headers": {"caller": "$context.authorizer.claims.sub", "via-api": "yes"},
    "response_headers": {},
    "timeout": 29,
}
OF_CLIENTS = {"prefix": "slipway-dev", "key": "arn:key", "recovery_days": 7}


def made(version: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return the method of one version."""
    methods = gateway_rest_methods({"v1": {"domain": "web.example.com", **version}}, {**OPTIONS, **options})
    (key,) = methods
    assert key == "ANY /v1/{proxy+}"
    method: dict[str, Any] = methods[key]
    return method


def test_a_version_passes_everything_on_and_loses_its_name() -> None:
    method = made({})
    integration = method["methodIntegration"]
    assert (integration["type"], integration["uri"]) == ("HTTP_PROXY", "https://web.example.com/{proxy}")
    assert integration["requestParameters"] == {
        "integration.request.path.proxy": "method.request.path.proxy",
        "integration.request.header.api-version": "'v1'",
        "integration.request.header.caller": "context.authorizer.claims.sub",
        "integration.request.header.via-api": "'yes'",
    }
    assert integration["timeoutInMillis"] == 29_000
    assert "methodResponses" not in method


def test_keys_and_tokens_are_asked_for_where_there_are_some() -> None:
    guarded = made({})
    assert (guarded["authorizationType"], guarded["authorizationScopes"]) == ("JWT", ["notes:read"])
    assert guarded["apiKeyRequired"] is True
    free = made({}, jwt=False, keys=False)
    assert free["authorizationType"] == "NONE"
    assert not {"authorizerId", "authorizationScopes", "apiKeyRequired"} & set(free)


def test_a_version_that_ends_says_so_and_passes_on_what_is_named() -> None:
    method = made({"sunset": "2027-07-31", "headers": ["X-Own"], "query": ["limit"]})
    integration, answers = method["methodIntegration"], method["methodIntegration"]["integrationResponses"]
    assert integration["type"] == "HTTP"
    assert set(answers) == set(method["methodResponses"]) == {str(status) for status in STATUSES}
    assert answers["404"]["selectionPattern"] == "404"
    assert "selectionPattern" not in answers["502"]  # all others
    sunset = "method.response.header.sunset"
    assert {one["responseParameters"][sunset] for one in answers.values()} == {"'Sat, 31 Jul 2027 00:00:00 GMT'"}
    assert answers["200"]["responseParameters"]["method.response.header.ETag"] == "integration.response.header.ETag"
    assert sunset in method["methodResponses"]["200"]["responseParameters"]
    passed = set(integration["requestParameters"].values())
    assert {"method.request.header.X-Own", "method.request.querystring.limit", "method.request.header.Cookie"} <= passed
    assert passed - set(method["requestParameters"]) == {"'v1'", "'yes'", "context.authorizer.claims.sub"}


def test_templates_turn_text() -> None:
    method = made({"request_templates": {"application/json": "a"}, "response_templates": {"application/json": "b"}})
    integration = method["methodIntegration"]
    assert integration["requestTemplates"] == {"application/json": "a"}
    assert integration["integrationResponses"]["200"]["responseTemplates"] == {"application/json": "b"}
    assert integration["contentHandling"] == "CONVERT_TO_TEXT"


def test_it_leads_to_the_load_balancer_of_the_version() -> None:
    target = made({"load_balancer": "second"})["methodIntegration"]["integrationTarget"]
    assert target == "${output.load_balancer.second.load_balancer_arn}"


def test_a_version_is_removed_by_its_state() -> None:
    versions = {"v1": {"domain": "a", "state": "absent"}, "v2": {"domain": "b"}}
    assert list(gateway_rest_methods(versions, OPTIONS)) == ["ANY /v2/{proxy+}"]


def test_each_client_has_a_key_of_its_plan() -> None:
    plans = {"basic": {"rate_limit": 5, "burst_limit": 10}, "free": {"quota": 100, "period": "DAY"}}
    clients = {"acme": {"plan": "basic"}, "globex": {"plan": "free", "secret": "partners/globex", "state": "absent"}}
    basic, free, secret, acme, globex = gateway_clients(plans, clients, OF_CLIENTS)
    assert (basic["properties"]["throttle"], basic["properties"]["quota"]) == ({"rateLimit": 5, "burstLimit": 10}, {})
    assert (free["properties"]["throttle"], free["properties"]["quota"]) == ({}, {"limit": 100, "period": "DAY"})
    assert (secret["type"], secret["properties"]["Name"]) == ("secretsmanager_secret", "slipway-dev/api_gateway/acme")
    assert acme["properties"]["secretId"] == "${secretsmanager_secret.acme.Name}"
    assert acme["properties"]["usagePlanId"] == "${apigateway_usage_plan.basic.id}"
    assert (globex["state"], globex["properties"]["secretId"]) == ("absent", "partners/globex")
