"""What API Gateway's second API refuses and moto takes.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html
"""

from __future__ import annotations

import re
from typing import Any

from rehearsal.control.overlay import Call, Refused, before
from rehearsal.control.rest_apis import region_of

BAD, CONFLICT, MISSING = "BadRequestException", "ConflictException", "NotFoundException"
#: Headers that a mapping may not touch.
RESTRICTED = frozenset(
    {
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-location",
        "forwarded",
        "keep-alive",
        "origin",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailers",
        "transfer-encoding",
        "upgrade",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "via",
    }
)
RESTRICTED_PREFIXES = ("access-control-", "apigw-", "x-amz-", "x-amzn-")
_MAPPING = re.compile(r"(?:append|overwrite|remove):(?:header|querystring)\.[A-Za-z0-9_-]+|overwrite:path")
_RESPONSE = re.compile(r"(?:append|overwrite|remove):header\.[A-Za-z0-9_-]+|overwrite:statuscode")
_ROUTE = re.compile(r"\$default|(?:ANY|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) /\S*")
LISTENER = re.compile(r"arn:aws[\w-]*:elasticloadbalancing:[\w-]+:\d{12}:listener/(?:app|net)/.+")
LONGEST_MS = 30_000
LEAST_MS = 50


@before("apigatewayv2", "CreateApi")
def _check_api(call: Call) -> None:
    if call.params["ProtocolType"] != "HTTP":
        raise Refused("NotImplementedException", "the local cloud has HTTP APIs only", 501)


@before("apigatewayv2", "DeleteApi")
def _check_api_unused(call: Call) -> None:
    if any(one.api_id == call.params["ApiId"] for one in call.backend().api_mappings.values()):
        text = "Deleting API failed. Please remove all API mappings related to the API in your domains"
        raise Refused(BAD, text)


#: Zones in which API Gateway makes no network interfaces.
#: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vpc-links.html
WITHOUT_LINKS = ("ape1-az1", "use1-az3", "usw1-az2")


@before("apigatewayv2", "CreateVpcLink")
def _check_link(call: Call) -> None:
    ec2 = call.backend("ec2")
    subnets = [ec2.get_subnet(subnet) for subnet in call.params["SubnetIds"]]
    for subnet in subnets:
        if subnet.availability_zone_id in WITHOUT_LINKS:
            text = f"Subnet {subnet.id} is in {subnet.availability_zone_id}, where VPC links are not supported"
            raise Refused(BAD, text)
    vpcs = {subnet.vpc_id for subnet in subnets}
    if len(vpcs) != 1:
        raise Refused(BAD, "SubnetIds must be of one VPC")
    for group in call.params.get("SecurityGroupIds") or ():
        if group not in ec2.groups[next(iter(vpcs))]:
            raise Refused(BAD, f"Security group {group} is not in the VPC of the subnets")


@before("apigatewayv2", "CreateIntegration", "UpdateIntegration")
def _check_integration(call: Call) -> None:
    given = {**_before(call), **call.params}
    if given.get("IntegrationType") != "HTTP_PROXY":
        raise Refused(BAD, f"IntegrationType {given.get('IntegrationType')}: the local cloud has HTTP_PROXY only")
    if not LEAST_MS <= int(given.get("TimeoutInMillis") or LONGEST_MS) <= LONGEST_MS:
        raise Refused(BAD, f"TimeoutInMillis must be between {LEAST_MS} and {LONGEST_MS}")
    if given.get("PayloadFormatVersion") != "1.0":
        raise Refused(BAD, "PayloadFormatVersion must be 1.0 for HTTP_PROXY integrations")
    _check_connection(call, given)
    for name in call.params.get("RequestParameters") or {}:
        _check_mapping(name, _MAPPING)
    for code, each in (call.params.get("ResponseParameters") or {}).items():
        if not re.fullmatch(r"[2-5]\d\d", code):
            raise Refused(BAD, f"Invalid response parameters key {code!r}: a status code from 200 to 599")
        for name in each:
            _check_mapping(name, _RESPONSE)


def _before(call: Call) -> dict[str, Any]:
    api = call.backend().get_api(call.params["ApiId"])
    if "IntegrationId" not in call.params:
        return {}
    shown = api.get_integration(call.params["IntegrationId"]).to_json()
    return {name[:1].upper() + name[1:]: value for name, value in shown.items()}


def _check_connection(call: Call, given: dict[str, Any]) -> None:
    if given.get("ConnectionType") != "VPC_LINK":
        return
    if given.get("ConnectionId") not in call.backend().vpc_links:
        raise Refused(BAD, f"VPC link not found: {given.get('ConnectionId')}")
    if not LISTENER.fullmatch(given.get("IntegrationUri") or ""):
        text = "For VPC_LINK connections IntegrationUri must be a valid ELB listener ARN or a Cloud Map service ARN"
        raise Refused(BAD, text)


def _check_mapping(name: str, allowed: re.Pattern[str]) -> None:
    if not allowed.fullmatch(name):
        raise Refused(BAD, f"Invalid mapping expression specified: {name}")
    header = name.partition(":header.")[2].lower()
    if header in RESTRICTED or header.startswith(RESTRICTED_PREFIXES):
        raise Refused(BAD, f"Operations on header {header} are restricted")


@before("apigatewayv2", "CreateAuthorizer", "UpdateAuthorizer")
def _check_authorizer(call: Call) -> None:
    if call.params.get("AuthorizerType", "JWT") != "JWT":
        raise Refused("NotImplementedException", "the local cloud has JWT authorizers only", 501)
    jwt = call.params.get("JwtConfiguration")
    if call.operation == "CreateAuthorizer" and not jwt:
        raise Refused(BAD, "JwtConfiguration is required for JWT authorizers")
    if jwt and not str(jwt.get("Issuer", "")).startswith("https://"):
        raise Refused(BAD, f"Invalid issuer: {jwt.get('Issuer')}. Issuer must have a valid discovery endpoint")
    if jwt and not jwt.get("Audience"):
        raise Refused(BAD, "Audience is required for JWT authorizers")
    if len(call.params.get("IdentitySource") or [""]) != 1:
        raise Refused(BAD, "A JWT authorizer has exactly one identity source")


@before("apigatewayv2", "CreateRoute", "UpdateRoute")
def _check_route(call: Call) -> None:
    api, given = call.backend().get_api(call.params["ApiId"]), call.params
    key = given.get("RouteKey", "$default")
    if not _ROUTE.fullmatch(key):
        raise Refused(BAD, f"The provided route key is not formatted properly for HTTP protocol: {key}")
    same = [one for one in api.routes.values() if one.route_key == key and one.route_id != given.get("RouteId")]
    if same and "RouteKey" in given:
        raise Refused(CONFLICT, f"Route with key {key} already exists for this API", 409)
    target = given.get("Target", "")
    if target and target.removeprefix("integrations/") not in api.integrations:
        raise Refused(BAD, f"Target {target} is not an integration of this API")
    if given.get("AuthorizationType") == "JWT" and given.get("AuthorizerId") not in api.authorizers:
        raise Refused(BAD, "A route with authorization type JWT needs an authorizer of this API")


@before("apigatewayv2", "DeleteAuthorizer")
def _check_authorizer_unused(call: Call) -> None:
    routes = call.backend().get_api(call.params["ApiId"]).routes.values()
    if any(one.authorizer_id == call.params["AuthorizerId"] for one in routes):
        raise Refused(CONFLICT, "Cannot delete an authorizer that is referenced by a route", 409)


@before("apigatewayv2", "DeleteIntegration")
def _check_integration_unused(call: Call) -> None:
    routes = call.backend().get_api(call.params["ApiId"]).routes.values()
    if any(one.target == f"integrations/{call.params['IntegrationId']}" for one in routes):
        raise Refused(CONFLICT, "Cannot delete an integration that is referenced by a route", 409)


@before("apigatewayv2", "CreateStage", "UpdateStage")
def _check_stage(call: Call) -> None:
    api, name = call.backend().get_api(call.params["ApiId"]), call.params["StageName"]
    if call.operation == "CreateStage" and name in api.stages:
        raise Refused(CONFLICT, "Stage already exists", 409)
    logged = call.params.get("AccessLogSettings") or {}
    if logged and "$context.requestId" not in logged.get("Format", "").replace("extendedRequestId", "requestId"):
        raise Refused(BAD, "Access log format must contain $context.requestId or $context.extendedRequestId")
    group = logged.get("DestinationArn", "").partition(":log-group:")[2].removesuffix(":*")
    if logged and group not in call.backend("logs").groups:
        raise Refused(BAD, "Insufficient permissions to enable logging: the log group does not exist")
    routes = {one.route_key for one in api.routes.values()}
    for key in call.params.get("RouteSettings") or {}:
        if key not in routes:
            raise Refused(MISSING, f"Unable to find Route by key {key} within the provided RouteSettings", 404)


@before("apigatewayv2", "CreateDomainName", "UpdateDomainName")
def _check_domain(call: Call) -> None:
    name = call.params["DomainName"]
    for one in call.params.get("DomainNameConfigurations") or ():
        found = call.backend("acm")._certificates.get(one.get("CertificateArn"))  # noqa: SLF001  its getter describes
        if found is None or found.status != "ISSUED":
            raise Refused(BAD, f"Certificate {one.get('CertificateArn')} does not exist or is not issued")
        names = {found.common_name, *found.sans}
        if not {name, f"*.{name.partition('.')[2]}"} & names:
            raise Refused(BAD, f"The domain name to be created is not covered by the provided certificate: {name}")


@before("apigatewayv2", "CreateApiMapping", "UpdateApiMapping")
def _check_mapping_key(call: Call) -> None:
    stage = call.params.get("Stage")
    rest = region_of(call.world, call.region).apis.get(call.params["ApiId"])
    api = rest or call.backend().get_api(call.params["ApiId"])
    if stage is not None and stage not in api.stages:
        raise Refused(BAD, f"Invalid stage identifier specified: {stage}")
    taken = [
        one
        for one in call.backend().get_api_mappings(call.params["DomainName"])
        if one.api_mapping_key == call.params.get("ApiMappingKey", "") and call.operation == "CreateApiMapping"
    ]
    if taken:
        raise Refused(CONFLICT, "ApiMapping key already exists for this domain name", 409)


@before("apigatewayv2", "DeleteStage")
def _check_stage_unused(call: Call) -> None:
    mapped = call.backend().api_mappings.values()
    if any(one.api_id == call.params["ApiId"] and one.stage == call.params["StageName"] for one in mapped):
        raise Refused(CONFLICT, "Cannot delete a stage that is used by an API mapping", 409)
