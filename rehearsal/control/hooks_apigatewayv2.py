"""API Gateway's second API: what moto cannot change or list, and where it forgets.

https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/api-reference.html
"""

from __future__ import annotations

import hashlib
from typing import Any

from moto.apigatewayv2.models import ApiMapping

from rehearsal.control.overlay import Call, after, operation
from rehearsal.control.rest_apis import new_id, region_of

#: Hosted zone of API Gateway's names in us-east-1; the local cloud has the same one everywhere.
#: https://docs.aws.amazon.com/general/latest/gr/apigateway.html
ZONE = "Z1UJRXOUMOOFQ8"
#: How the parts of a stage stand in moto.
STRUCTURES = {"AccessLogSettings": "access_log_settings", "DefaultRouteSettings": "default_route_settings"}
PLAIN = {"AutoDeploy": "auto_deploy", "Description": "description", "StageVariables": "stage_variables"}


@operation("apigatewayv2", "GetAuthorizers")
def _get_authorizers(call: Call) -> dict[str, Any]:
    found = call.backend().get_api(call.params["ApiId"]).authorizers.values()
    return {"Items": [named(one.to_json()) | {"JwtConfiguration": named(one.jwt_config)} for one in found]}


@operation("apigatewayv2", "UpdateStage")
def _update_stage(call: Call) -> dict[str, Any]:
    stage = call.backend().get_stage(call.params["ApiId"], call.params["StageName"])
    for name, attribute in STRUCTURES.items():
        if name in call.params:
            setattr(stage, attribute, unnamed(call.params[name]))
    for name, attribute in PLAIN.items():
        if name in call.params:
            setattr(stage, attribute, call.params[name])
    if "RouteSettings" in call.params:
        stage.route_settings = {key: unnamed(each) for key, each in call.params["RouteSettings"].items()}
    return {"StageName": stage.name}


@operation("apigatewayv2", "UpdateDomainName")
def _update_domain_name(call: Call) -> dict[str, Any]:
    one = call.backend().get_domain_name(call.params["DomainName"])
    if "DomainNameConfigurations" in call.params:
        one.domain_name_configurations = [unnamed(each) for each in call.params["DomainNameConfigurations"]]
        _complete(one, call.region)
    return {"DomainName": one.domain_name}


@operation("apigatewayv2", "CreateApiMapping")
def _map_rest_api(call: Call) -> dict[str, Any] | None:
    """Lead a domain name to a REST API, of which moto's second API does not know."""
    if call.params["ApiId"] not in region_of(call.world, call.region).apis:
        return None
    key, domain, stage = call.params.get("ApiMappingKey", ""), call.params["DomainName"], call.params["Stage"]
    call.backend().get_domain_name(domain)
    made = ApiMapping(call.params["ApiId"], key, new_id(), domain, stage)
    call.backend().api_mappings[made.api_mapping_id] = made
    return named(made.to_json())


@operation("apigatewayv2", "UpdateApiMapping")
def _update_api_mapping(call: Call) -> dict[str, Any]:
    one = call.backend().get_api_mapping(call.params["ApiMappingId"], call.params["DomainName"])
    one.api_id, one.stage = call.params["ApiId"], call.params.get("Stage", one.stage)
    one.api_mapping_key = call.params.get("ApiMappingKey", one.api_mapping_key)
    return {"ApiMappingId": one.api_mapping_id}


@after("apigatewayv2", "CreateDomainName")
def _give_name(call: Call, response: dict[str, Any]) -> None:
    one = call.backend().get_domain_name(call.params["DomainName"])
    _complete(one, call.region)
    response["DomainNameConfigurations"] = [named(each) for each in one.domain_name_configurations]


def _complete(domain: Any, region: str) -> None:
    """Set what AWS adds to a domain name: the name that an alias record leads to."""
    number = hashlib.sha256(domain.domain_name.encode()).hexdigest()[:10]
    for each in domain.domain_name_configurations:
        each["apiGatewayDomainName"] = f"d-{number}.execute-api.{region}.amazonaws.com"
        each.update(hostedZoneId=ZONE, domainNameStatus="AVAILABLE")


@after("apigatewayv2", "UpdateIntegration")
def _drop_empty(call: Call, response: dict[str, Any]) -> None:
    one = call.backend().get_api(call.params["ApiId"]).integrations[call.params["IntegrationId"]]
    shown = {code: {k: v for k, v in each.items() if v} for code, each in (one.response_parameters or {}).items()}
    one.response_parameters = {code: each for code, each in shown.items() if each}
    response["ResponseParameters"] = one.response_parameters


@after("apigatewayv2", "UpdateRoute")
def _drop_scopes(call: Call, response: dict[str, Any]) -> None:
    """Take an empty list of scopes for what it is: moto takes it for nothing that was said."""
    if call.params.get("AuthorizationScopes") == []:
        one = call.backend().get_api(call.params["ApiId"]).routes[call.params["RouteId"]]
        one.authorization_scopes = response["AuthorizationScopes"] = []
    if call.params.get("AuthorizationType") == "NONE":
        one = call.backend().get_api(call.params["ApiId"]).routes[call.params["RouteId"]]
        one.authorizer_id = None
        response.pop("AuthorizerId", None)


@operation("apigatewayv2", "TagResource")
def _tag(call: Call) -> dict[str, Any]:
    _tags(call).update(call.params["Tags"])
    return {}


@operation("apigatewayv2", "UntagResource")
def _untag(call: Call) -> dict[str, Any]:
    tags = _tags(call)
    for key in call.params["TagKeys"]:
        tags.pop(key, None)
    return {}


@operation("apigatewayv2", "GetTags")
def _get_tags(call: Call) -> dict[str, Any]:
    return {"Tags": _tags(call)}


def _tags(call: Call) -> Any:
    """Return the tags of a resource, for changing."""
    kind, _, rest = call.params["ResourceArn"].partition("::/")[2].partition("/")
    backend = call.backend()
    if kind == "domainnames":
        return backend.get_domain_name(rest).tags
    if "/stages/" in rest:
        api, _, stage = rest.partition("/stages/")
        return backend.get_stage(api, stage).tags
    return backend.tagger.tags.setdefault(call.params["ResourceArn"], {})


def named(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a structure as the API names them: as on the wire, with a capital letter."""
    return {key[:1].upper() + key[1:]: value for key, value in (fields or {}).items() if value is not None}


def unnamed(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a structure as they stand on the wire, and in moto."""
    return {key[:1].lower() + key[1:]: value for key, value in fields.items()}
