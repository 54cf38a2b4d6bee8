"""Methods of REST APIs, their integrations, and what of them AWS refuses.

https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-data-transformations.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/private-integration.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.control.overlay import Call, Refused, operation
from rehearsal.control.rest_apis import Data, api_of, bad, missing, taken
from rehearsal.edge.gateway.templates import InvalidTemplate, parsed

PLACE = ("restApiId", "resourceId", "httpMethod", "statusCode")
#: Headers that a mapping may not set.
#: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
RESTRICTED = frozenset(
    {"connection", "content-length", "host", "transfer-encoding", "upgrade", "via", "x-forwarded-for"}
)
_REQUESTED = re.compile(r"method\.request\.(?:path|querystring|header)\.[A-Za-z0-9._$-]+")
_GIVEN = re.compile(r"integration\.request\.(path|querystring|header)\.([A-Za-z0-9._$-]+)")
_FROM_REQUEST = re.compile(r"'[^']*'|context\.[A-Za-z0-9._-]+|stageVariables\.\w+")
_FROM_RESPONSE = re.compile(r"'[^']*'|integration\.response\.header\.[A-Za-z0-9._$-]+|context\.[A-Za-z0-9._-]+")
_ANSWERED = re.compile(r"method\.response\.header\.[A-Za-z0-9._$-]+")
_VERBS = ("ANY", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
LEAST_MS, LONGEST_MS = 50, 29_000
MAPPING = "Invalid mapping expression specified: Validation Result: warnings : [], errors : "


def _given(call: Call) -> Data:
    return {name: value for name, value in call.params.items() if name not in PLACE}


def _methods(call: Call) -> Data:
    found = api_of(call).paths.get(call.params["resourceId"])
    if found is None:
        raise missing("Resource identifier", call.params["resourceId"])
    methods: Data = found.setdefault("resourceMethods", {})
    return methods


def _method(call: Call) -> Data:
    found: Data | None = _methods(call).get(call.params["httpMethod"])
    if found is None:
        raise missing("Method identifier", call.params["httpMethod"])
    return found


@operation("apigateway", "PutMethod")
def _put_method(call: Call) -> Data:
    methods, verb, given = _methods(call), call.params["httpMethod"], _given(call)
    if verb not in _VERBS:
        raise bad(f"Invalid HTTP method specified. Allowed are {', '.join(_VERBS)}")
    if verb in methods:
        raise taken("Method already exists for this resource")
    for name in given.get("requestParameters") or {}:
        if not _REQUESTED.fullmatch(name):
            raise bad(f"{MAPPING}[Invalid mapping expression parameter specified: {name}]")
    _check_authorization(call, given)
    methods[verb] = {"httpMethod": verb, "apiKeyRequired": False, **given}
    return dict(methods[verb])


def _check_authorization(call: Call, given: Mapping[str, Any]) -> None:
    kind = given["authorizationType"]
    if kind not in {"NONE", "JWT"}:
        raise Refused("NotImplementedException", f"authorization {kind}: the local cloud has NONE and JWT only", 501)
    if kind == "JWT" and given.get("authorizerId") not in api_of(call).authorizers:
        raise bad("Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid authorizer.")
    if kind == "NONE" and given.get("authorizationScopes"):
        raise bad("Authorization scopes need an authorizer")


@operation("apigateway", "GetMethod")
def _get_method(call: Call) -> Data:
    return dict(_method(call))


@operation("apigateway", "DeleteMethod")
def _delete_method(call: Call) -> Data:
    _method(call)
    del _methods(call)[call.params["httpMethod"]]
    return {}


@operation("apigateway", "PutMethodResponse")
def _put_method_response(call: Call) -> Data:
    answers, status = _method(call).setdefault("methodResponses", {}), call.params["statusCode"]
    if not re.fullmatch(r"[1-5]\d\d", status):
        raise bad(f"Invalid status code: {status}")
    if status in answers:
        raise taken("Response already exists for this resource")
    for name in call.params.get("responseParameters") or {}:
        if not _ANSWERED.fullmatch(name):
            raise bad(f"{MAPPING}[Invalid mapping expression parameter specified: {name}]")
    answers[status] = {"statusCode": status, **_given(call)}
    return dict(answers[status])


@operation("apigateway", "PutIntegration")
def _put_integration(call: Call) -> Data:
    method, given = _method(call), _given(call)
    _check_integration(call, given)
    _check_mappings(method, given)
    _check_templates(given.get("requestTemplates"))
    verb = given.pop("integrationHttpMethod")
    usual = {"passthroughBehavior": "WHEN_NO_MATCH", "timeoutInMillis": LONGEST_MS, "cacheKeyParameters": []}
    made = {**usual, "cacheNamespace": call.params["resourceId"], **given, "httpMethod": verb}
    method["methodIntegration"] = made
    return dict(made)


def _check_integration(call: Call, given: Mapping[str, Any]) -> None:
    if given["type"] not in {"HTTP", "HTTP_PROXY"}:
        raise Refused("NotImplementedException", f"{given['type']}: the local cloud has HTTP and HTTP_PROXY only", 501)
    if not given.get("integrationHttpMethod"):
        raise bad("Enumeration value for HttpMethod must be non-empty")
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/\S*)?", given.get("uri") or ""):
        raise bad("Invalid HTTP endpoint specified for URI")
    if not LEAST_MS <= given.get("timeoutInMillis", LONGEST_MS) <= LONGEST_MS:
        raise bad(f"Timeout should be between {LEAST_MS} ms and {LONGEST_MS} ms")
    if given.get("connectionType") != "VPC_LINK":
        raise Refused("NotImplementedException", "the local cloud has integrations through VPC links only", 501)
    if given.get("connectionId") not in call.backend("apigatewayv2").vpc_links:
        raise bad(f"Invalid VPC link ID: {given.get('connectionId')}")
    if given.get("integrationTarget") not in call.backend("elbv2").load_balancers:
        raise bad("IntegrationTarget is required for VpcLinkV2: the ARN of a load balancer")


def _check_mappings(method: Data, given: Mapping[str, Any]) -> None:
    mapped = given.get("requestParameters") or {}
    declared = method.get("requestParameters") or {}
    for target, source in mapped.items():
        found = _GIVEN.fullmatch(target)
        if found is None or not (source in declared or _FROM_REQUEST.fullmatch(source)):
            raise bad(
                f"{MAPPING}[Invalid mapping expression parameter specified: {target if found is None else source}]"
            )
        _check_header(found[1], found[2])
    for name in re.findall(r"\{([^}]+)\}", given["uri"]):
        if f"integration.request.path.{name}" not in mapped:
            raise bad(f"Path parameter {name} of the URI is not mapped")


def _check_header(kind: str, name: str) -> None:
    if kind == "header" and name.lower() in RESTRICTED:
        raise bad(f"{MAPPING}[Header {name} is restricted]")


def _check_templates(templates: Mapping[str, str] | None) -> None:
    for kind, text in (templates or {}).items():
        try:
            parsed(text)
        except InvalidTemplate as error:
            raise bad(f"Invalid mapping template for {kind}: {error}") from error


@operation("apigateway", "PutIntegrationResponse")
def _put_integration_response(call: Call) -> Data:
    method, status = _method(call), call.params["statusCode"]
    integration = method.get("methodIntegration")
    if integration is None:
        raise missing("Integration identifier", call.params["httpMethod"])
    answer = (method.get("methodResponses") or {}).get(status)
    if answer is None:
        raise missing("Response status code", status)
    mapped, given = integration.setdefault("integrationResponses", {}), _given(call)
    _check_answer(answer, given, [one for code, one in mapped.items() if code != status])
    mapped[status] = {"statusCode": status, **given}
    return dict(mapped[status])


def _check_answer(answer: Data, given: Mapping[str, Any], others: list[Data]) -> None:
    declared = answer.get("responseParameters") or {}
    for target, source in (given.get("responseParameters") or {}).items():
        if target not in declared or not _FROM_RESPONSE.fullmatch(source):
            raise bad(f"{MAPPING}[Invalid mapping expression parameter specified: {target}]")
    if not given.get("selectionPattern") and any(not one.get("selectionPattern") for one in others):
        raise bad("Invalid selection pattern specified: only one response can be the default")
    _check_templates(given.get("responseTemplates"))
