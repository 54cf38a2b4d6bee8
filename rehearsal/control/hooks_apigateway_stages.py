"""Deployments and stages of REST APIs.

https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateStage-Patch
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from rehearsal.control.overlay import Call, Refused, before, operation
from rehearsal.control.rest_apis import (
    Data,
    Deployment,
    Patch,
    RestApi,
    api_of,
    bad,
    missing,
    new_id,
    now,
    paged,
    patched,
    region_of,
    setting,
    taken,
    there,
    true,
)

ALL = "*/*"
SETTINGS: dict[str, tuple[str, Callable[[str], Any]]] = {
    f"/{ALL}/metrics/enabled": ("metricsEnabled", true),
    f"/{ALL}/logging/loglevel": ("loggingLevel", str),
    f"/{ALL}/throttling/rateLimit": ("throttlingRateLimit", float),
    f"/{ALL}/throttling/burstLimit": ("throttlingBurstLimit", int),
}
MOST_STAGES = 10
UNSET = {"metricsEnabled": False, "throttlingBurstLimit": 5000, "throttlingRateLimit": 10_000.0}


@operation("apigateway", "CreateDeployment")
def _deploy(call: Call) -> Data:
    api = api_of(call)
    if "stageName" in call.params:
        raise Refused("NotImplementedException", "the local cloud makes stages by CreateStage only", 501)
    methods = [one for path in api.paths.values() for one in (path.get("resourceMethods") or {}).values()]
    if not methods:
        raise bad("The REST API doesn't contain any methods")
    if any("methodIntegration" not in one for one in methods):
        raise bad("No integration defined for method")
    shown = {"id": new_id(), "description": call.params.get("description", ""), "createdDate": now()}
    api.deployments[shown["id"]] = Deployment(shown, deepcopy(list(api.paths.values())), deepcopy(api.authorizers))
    return shown


@operation("apigateway", "GetDeployments")
def _deployments(call: Call) -> Data:
    return paged(call, [one.shown for one in api_of(call).deployments.values()])


@operation("apigateway", "DeleteDeployment")
def _delete_deployment(call: Call) -> Data:
    api, number = api_of(call), _deployment(api_of(call), call.params["deploymentId"])
    if any(one["deploymentId"] == number for one in api.stages.values()):
        raise bad("Active stages pointing to this deployment must be moved or deleted")
    del api.deployments[number]
    return {}


def _deployment(api: RestApi, number: str) -> str:
    if number not in api.deployments:
        raise missing("Deployment identifier", number)
    return number


# Stages


@operation("apigateway", "CreateStage")
def _create(call: Call) -> Data:
    api, name = api_of(call), call.params["stageName"]
    if not re.fullmatch(r"\w[\w-]{0,127}", name, re.ASCII):
        raise bad("Stage name only allows a-zA-Z0-9-_")
    if name in api.stages:
        raise taken("Stage already exists")
    if len(api.stages) >= MOST_STAGES:
        raise Refused("LimitExceededException", "Maximum number of Stages for this API has been reached", 429)
    _deployment(api, call.params["deploymentId"])
    given = {key: value for key, value in call.params.items() if key != "restApiId"}
    made = {"methodSettings": {}, "tracingEnabled": False, "createdDate": now(), **given}
    made["tags"] = dict(given.get("tags") or {})
    api.stages[name] = made
    return made


@operation("apigateway", "GetStages")
def _list(call: Call) -> Data:
    api = api_of(call)
    return {"item": [{**one, **_acl(call, api.shown["id"], name)} for name, one in api.stages.items()]}


def _acl(call: Call, api: str, stage: str) -> Data:
    arn = f"arn:aws:apigateway:{call.region}::/restapis/{api}/stages/{stage}"
    found = [acl.arn for acl in call.backend("wafv2").wacls.values() if arn in acl.associated_resources]
    return {"webAclArn": found[0]} if found else {}


def _stage(call: Call) -> Data:
    found = api_of(call).stages.get(call.params["stageName"])
    if found is None:
        raise missing("stage identifier", call.params["stageName"])
    return found


@operation("apigateway", "UpdateStage")
def _update(call: Call) -> Data:
    stage, api = deepcopy(_stage(call)), api_of(call)
    log = stage.get("accessLogSettings") or {}
    of_all = stage["methodSettings"].get(ALL) or dict(UNSET)
    setters = {path: setting(of_all, name, convert) for path, (name, convert) in SETTINGS.items()}
    setters |= {f"/accessLogSettings/{name}": setting(log, name) for name in ("destinationArn", "format")}
    setters["/deploymentId"] = setting(stage, "deploymentId", lambda number: _deployment(api, number))
    setters["/description"] = setting(stage, "description")
    setters["/tracingEnabled"] = setting(stage, "tracingEnabled", true)
    setters["/variables/"] = lambda patch: _variable(stage, patch)
    patched(call, setters)
    if log:
        _check_log(call, log)
        stage["accessLogSettings"] = log
    if any(one["path"].startswith(f"/{ALL}/") for one in call.params["patchOperations"]):
        stage["methodSettings"][ALL] = of_all
    api.stages[call.params["stageName"]] = stage
    return stage


def _variable(stage: Data, patch: Patch) -> None:
    name, variables = patch["path"].removeprefix("/variables/"), dict(stage.get("variables") or {})
    if patch["op"] == "remove":
        variables.pop(name, None)
    else:
        variables[name] = patch["value"]
    stage["variables"] = variables


def _check_log(call: Call, log: Data) -> None:
    if not there(call).account.get("cloudwatchRoleArn"):
        raise bad("CloudWatch Logs role ARN must be set in account settings to enable logging")
    if "$context.requestId" not in log.get("format", "").replace("extendedRequestId", "requestId"):
        raise bad("Access log format must contain $context.requestId or $context.extendedRequestId")
    group = log.get("destinationArn", "").partition(":log-group:")[2]
    if group not in call.backend("logs").groups:
        raise bad("Invalid ARN specified in the request: the log group does not exist, or its ARN ends in :*")


@operation("apigateway", "DeleteStage")
def _delete(call: Call) -> Data:
    _stage(call)
    number, name = call.params["restApiId"], call.params["stageName"]
    if any(one.api_id == number and one.stage == name for one in call.backend("apigatewayv2").api_mappings.values()):
        raise bad("Stage cannot be deleted because a base path mapping leads to it")
    named = [
        plan["name"]
        for plan in there(call).plans.values()
        for one in plan.get("apiStages") or ()
        if one == {"apiId": number, "stage": name}
    ]
    if named:
        raise bad(f"Cannot delete a stage that usage plans name: {', '.join(named)}")
    arn = f"arn:aws:apigateway:{call.region}::/restapis/{number}/stages/{name}"
    for acl in call.backend("wafv2").wacls.values():
        acl.associated_resources = [one for one in acl.associated_resources if one != arn]
    del api_of(call).stages[name]
    return {}


@before("wafv2", "AssociateWebACL")
def _check_associated(call: Call) -> None:
    arn = call.params["ResourceArn"]
    if ":/restapis/" not in arn.replace("::", ":"):
        return
    api, _, stage = arn.partition("/restapis/")[2].partition("/stages/")
    found = region_of(call.world, call.region).apis.get(api)
    if found is None or stage not in found.stages:
        text = "AWS WAF couldn\u2019t perform the operation because your resource doesn\u2019t exist."
        raise Refused("WAFNonexistentItemException", text)
