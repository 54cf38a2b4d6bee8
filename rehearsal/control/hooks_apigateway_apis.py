"""REST APIs, their paths and authorizers: of API Gateway's first API moto has too little to be changed exactly.

https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from rehearsal.control.overlay import Call, Refused, operation
from rehearsal.control.rest_apis import (
    Data,
    Patch,
    RestApi,
    api_of,
    bad,
    missing,
    new_id,
    now,
    paged,
    patched,
    setting,
    taken,
    there,
    true,
    unescaped,
)

_PART = re.compile(r"[A-Za-z0-9._\-:]+|\{[A-Za-z0-9._\-]+\+?\}")
#: Paths of one API. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
MOST_PATHS, MOST_AUTHORIZERS = 300, 10
ROOT = "/"


@operation("apigateway", "CreateRestApi")
def _create(call: Call) -> Data:
    given = dict(call.params)
    if (given.get("endpointConfiguration") or {}).get("types") != ["REGIONAL"]:
        raise Refused("NotImplementedException", "the local cloud has REGIONAL REST APIs only", 501)
    root, made = new_id(), RestApi({"id": new_id(), "createdDate": now(), "apiKeySource": "HEADER", **given})
    made.shown.update(rootResourceId=root, tags=dict(given.get("tags") or {}))
    made.paths[root] = {"id": root, "path": ROOT}
    there(call).apis[made.shown["id"]] = made
    return made.shown


@operation("apigateway", "GetRestApis")
def _list(call: Call) -> Data:
    return paged(call, [one.shown for one in there(call).apis.values()])


@operation("apigateway", "GetRestApi")
def _get(call: Call) -> Data:
    return api_of(call).shown


@operation("apigateway", "UpdateRestApi")
def _update(call: Call) -> Data:
    shown = api_of(call).shown

    def media(patch: Patch) -> None:
        name, kinds = (
            unescaped(patch["path"].removeprefix("/binaryMediaTypes/")),
            shown.setdefault("binaryMediaTypes", []),
        )
        if patch["op"] == "add":
            kinds.append(name)
        elif name in kinds:
            kinds.remove(name)

    plain = {f"/{name}": setting(shown, name) for name in ("name", "description", "apiKeySource")}
    closed = setting(shown, "disableExecuteApiEndpoint", true)
    patched(call, {**plain, "/disableExecuteApiEndpoint": closed, "/binaryMediaTypes/": media})
    return shown


@operation("apigateway", "DeleteRestApi")
def _delete(call: Call) -> Data:
    number, region = api_of(call).shown["id"], there(call)
    if any(one.api_id == number for one in call.backend("apigatewayv2").api_mappings.values()):
        text = "Deleting API failed. Please remove all base path mappings related to the API in your domains"
        raise bad(text)
    if any(stage["apiId"] == number for plan in region.plans.values() for stage in plan.get("apiStages") or ()):
        raise bad("Cannot delete an API that usage plans name; remove its stages from them first")
    del region.apis[number]
    return {}


# Paths


@operation("apigateway", "GetResources")
def _paths(call: Call) -> Data:
    api = api_of(call)
    embedded = "methods" in (call.params.get("embed") or ())
    return paged(call, [one if embedded else _without_methods(one) for one in api.paths.values()])


def _without_methods(one: Data) -> Data:
    if not one.get("resourceMethods"):
        return one
    return {**one, "resourceMethods": {verb: {} for verb in one["resourceMethods"]}}


@operation("apigateway", "CreateResource")
def _create_path(call: Call) -> Data:
    api, part = api_of(call), call.params["pathPart"]
    above = api.paths.get(call.params["parentId"])
    if above is None:
        raise missing("Resource identifier", call.params["parentId"])
    if not _PART.fullmatch(part):
        raise bad(f"Resource's path part {part!r}: allowed are letters, digits, ._-: or one variable in braces")
    path = f"{above['path'].rstrip('/')}/{part}"
    _check_path(api, above, path, part)
    made = {"id": new_id(), "parentId": above["id"], "pathPart": part, "path": path}
    api.paths[made["id"]] = made
    return made


def _check_path(api: RestApi, above: Data, path: str, part: str) -> None:
    if above["path"].endswith("+}"):
        raise bad(f"Cannot create a child of a resource with a greedy path variable: {above['path']}")
    beside = [one for one in api.paths.values() if one.get("parentId") == above["id"]]
    if any(one["path"] == path for one in beside):
        raise taken("Another resource with the same parent already has this name: " + part)
    if part.startswith("{") and any(one["pathPart"].startswith("{") for one in beside):
        raise bad("A sibling of this resource already has a variable path part -- only one is allowed")
    if len(api.paths) >= MOST_PATHS:
        raise Refused("LimitExceededException", "Maximum number of Resources for this API has been reached", 429)


@operation("apigateway", "DeleteResource")
def _delete_path(call: Call) -> Data:
    api, number = api_of(call), call.params["resourceId"]
    if number not in api.paths:
        raise missing("Resource identifier", number)
    path = api.paths[number]["path"]
    if path == ROOT:
        raise bad("Root resource cannot be deleted")
    for one in [one for one in api.paths.values() if f"{one['path']}/".startswith(f"{path}/")]:
        del api.paths[one["id"]]
    return {}


# Authorizers: https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-jwt-authorizer.html


@operation("apigateway", "CreateAuthorizer")
def _create_authorizer(call: Call) -> Data:
    api, given = api_of(call), {name: value for name, value in call.params.items() if name != "restApiId"}
    if given["type"] != "JWT":
        raise Refused("NotImplementedException", "the local cloud has JWT authorizers only", 501)
    if any(one["name"] == given["name"] for one in api.authorizers.values()):
        raise taken(f"Authorizer name must be unique. Authorizer {given['name']} already exists in this RestApi.")
    if len(api.authorizers) >= MOST_AUTHORIZERS:
        raise Refused("LimitExceededException", "Maximum number of Authorizers for this API has been reached", 429)
    if not re.fullmatch(r"method\.request\.header\.[A-Za-z0-9-]+", given.get("identitySource", "")):
        raise bad("identitySource must be one header: method.request.header.NAME")
    made = {"id": new_id(), **given, "jwtConfiguration": _checked(given.get("jwtConfiguration"))}
    api.authorizers[made["id"]] = made
    return made


def _checked(jwt: Any) -> Data:
    """Return what is said of tokens, with the places of keys that AWS adds."""
    issuers = [] if not jwt else jwt.get("issuers") or []
    if not issuers or not jwt.get("defaultAlgorithms"):
        raise bad("jwtConfiguration is required for JWT authorizers: issuers and defaultAlgorithms")
    if len({one["issuer"] for one in issuers}) < len(issuers):
        raise bad("Issuer URLs must be unique")
    for one in issuers:
        if not re.fullmatch(r"https://[^\s/?#@]+(?:/[^\s?#]*)?", one["issuer"]):
            raise bad(f"Invalid issuer: {one['issuer']}")
        if not one.get("audiences") or not all(one["audiences"]):
            raise bad(f"audiences of {one['issuer']} must not be empty")
    keys = [{**one, "jwksUri": f"{one['issuer'].rstrip('/')}/keys"} for one in issuers]
    return {**jwt, "issuers": keys}


@operation("apigateway", "GetAuthorizers")
def _list_authorizers(call: Call) -> Data:
    return paged(call, list(api_of(call).authorizers.values()))


@operation("apigateway", "UpdateAuthorizer")
def _update_authorizer(call: Call) -> Data:
    found = _authorizer(call)
    jwt = setting(found, "jwtConfiguration", lambda text: _checked(json.loads(text)))
    setters = {f"/{name}": setting(found, name) for name in ("name", "identitySource")}
    patched(call, {**setters, "/jwtConfiguration": jwt})
    return found


@operation("apigateway", "DeleteAuthorizer")
def _delete_authorizer(call: Call) -> Data:
    found, api = _authorizer(call), api_of(call)
    methods = [method for path in api.paths.values() for method in (path.get("resourceMethods") or {}).values()]
    if any(method.get("authorizerId") == found["id"] for method in methods):
        raise taken("Cannot delete an authorizer that is referenced by a method")
    del api.authorizers[found["id"]]
    return {}


def _authorizer(call: Call) -> Data:
    found = api_of(call).authorizers.get(call.params["authorizerId"])
    if found is None:
        raise missing("Authorizer identifier", call.params["authorizerId"])
    return found
