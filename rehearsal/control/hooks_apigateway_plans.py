"""Usage plans, API keys, tags, and the account of API Gateway's first API.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any
from urllib.parse import unquote

from rehearsal.control.overlay import Call, Refused, operation
from rehearsal.control.rest_apis import (
    Data,
    Patch,
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
from rehearsal.world import World

SHORTEST, LONGEST = 20, 128
#: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
MOST_PLANS, MOST_KEYS = 300, 10_000
PARTS: dict[str, dict[str, Callable[[str], Any]]] = {
    "throttle": {"rateLimit": float, "burstLimit": int},
    "quota": {"limit": int, "period": str, "offset": int},
}


@operation("apigateway", "CreateUsagePlan")
def _create(call: Call) -> Data:
    plans, given = there(call).plans, dict(call.params)
    for one in given.get("apiStages") or ():
        _check_stage(call, f"{one['apiId']}:{one['stage']}")
    if len(plans) >= MOST_PLANS:
        raise Refused("LimitExceededException", "Maximum number of Usage Plans has been reached", 429)
    made = {"id": new_id(), **given, "tags": dict(given.get("tags") or {})}
    _check_quota(made)
    plans[made["id"]] = made
    return made


def _check_stage(call: Call, name: str) -> Data:
    api, _, stage = name.partition(":")
    found = there(call).apis.get(api)
    if found is None or stage not in found.stages:
        raise missing("API stage", name)
    return {"apiId": api, "stage": stage}


def _check_quota(plan: Data) -> None:
    quota = plan.get("quota") or {}
    if quota and not (quota.get("limit", 0) > 0 and quota.get("period") in {"DAY", "WEEK", "MONTH"}):
        raise bad("Usage Plan quota must have a limit above 0 and a period: DAY, WEEK or MONTH")


@operation("apigateway", "GetUsagePlans")
def _list(call: Call) -> Data:
    region, key = there(call), call.params.get("keyId")
    found = [one for number, one in region.plans.items() if key is None or key in region.members.get(number, ())]
    return paged(call, found)


def _plan(call: Call) -> Data:
    found = there(call).plans.get(call.params["usagePlanId"])
    if found is None:
        raise missing("Usage Plan ID", call.params["usagePlanId"])
    return found


@operation("apigateway", "UpdateUsagePlan")
def _update(call: Call) -> Data:
    plan = deepcopy(_plan(call))
    setters = {f"/{name}": setting(plan, name) for name in ("name", "description")}
    for part, fields in PARTS.items():
        setters |= _part(plan, part, fields)
    setters["/apiStages"] = lambda patch: _change_stages(call, plan, patch)
    patched(call, setters)
    _check_quota(plan)
    there(call).plans[plan["id"]] = plan
    return plan


def _part(plan: Data, part: str, fields: Mapping[str, Callable[[str], Any]]) -> dict[str, Callable[[Patch], None]]:
    """Return what sets a field of a part, and what removes the part."""
    inner = dict(plan.get(part) or {})

    def put(patch: Patch) -> None:
        name = patch["path"].rpartition("/")[2]
        setting(inner, name, fields[name])(patch)
        plan[part] = inner

    def remove(patch: Patch) -> None:
        if patch["op"] != "remove":
            raise bad(f"Invalid patch path '{patch['path']}' specified for op '{patch['op']}'")
        plan.pop(part, None)

    return {f"/{part}": remove, **{f"/{part}/{name}": put for name in fields}}


def _change_stages(call: Call, plan: Data, patch: Patch) -> None:
    stages = list(plan.get("apiStages") or ())
    if patch["op"] == "add":
        stages.append(_check_stage(call, patch["value"]))
    else:
        api, _, stage = patch["value"].partition(":")
        stages = [one for one in stages if (one["apiId"], one["stage"]) != (api, stage)]
    plan["apiStages"] = stages


@operation("apigateway", "DeleteUsagePlan")
def _delete(call: Call) -> Data:
    plan, region = _plan(call), there(call)
    if plan.get("apiStages"):
        raise bad(f"Usage Plan {plan['id']} cannot be deleted until all associated API stages have been removed")
    del region.plans[plan["id"]]
    region.members.pop(plan["id"], None)
    return {}


# Keys


@operation("apigateway", "CreateApiKey")
def _create_key(call: Call) -> Data:
    keys, given = there(call).keys, dict(call.params)
    value = given.get("value") or new_id() * 4
    if not SHORTEST <= len(value) <= LONGEST:
        raise bad(f"API Key value should be at least {SHORTEST} and at most {LONGEST} characters")
    if any(one["value"] == value for one in keys.values()):
        raise taken("API Key already exists")
    if len(keys) >= MOST_KEYS:
        raise Refused("LimitExceededException", "Maximum number of API Keys has been reached", 429)
    made = {"enabled": False, "createdDate": now(), **given, "id": new_id(), "value": value}
    made["tags"] = dict(given.get("tags") or {})
    keys[made["id"]] = made
    return made


@operation("apigateway", "GetApiKeys")
def _list_keys(call: Call) -> Data:
    hidden = () if call.params.get("includeValues") else ("value",)
    return paged(call, [{k: v for k, v in one.items() if k not in hidden} for one in there(call).keys.values()])


def _key(call: Call, name: str = "apiKey") -> Data:
    found = there(call).keys.get(call.params[name])
    if found is None:
        raise missing("API Key identifier", call.params[name])
    return found


@operation("apigateway", "GetApiKey")
def _get_key(call: Call) -> Data:
    shown = () if call.params.get("includeValue") else ("value",)
    return {name: value for name, value in _key(call).items() if name not in shown}


@operation("apigateway", "UpdateApiKey")
def _update_key(call: Call) -> Data:
    key = _key(call)
    setters = {f"/{name}": setting(key, name) for name in ("name", "description")}
    patched(call, {**setters, "/enabled": setting(key, "enabled", true)})
    return key


@operation("apigateway", "DeleteApiKey")
def _delete_key(call: Call) -> Data:
    key, region = _key(call), there(call)
    del region.keys[key["id"]]
    region.members = {plan: [one for one in ids if one != key["id"]] for plan, ids in region.members.items()}
    return {}


@operation("apigateway", "CreateUsagePlanKey")
def _join(call: Call) -> Data:
    plan, key, region = _plan(call), _key(call, "keyId"), there(call)
    if call.params["keyType"] != "API_KEY":
        raise bad("Key type must be API_KEY")
    if key["id"] in region.members.get(plan["id"], ()):
        raise taken(f"Usage Plan {plan['id']} already has the key {key['id']}")
    other = [region.plans[one] for one, ids in region.members.items() if key["id"] in ids]
    if any(stage in (plan.get("apiStages") or ()) for one in other for stage in one.get("apiStages") or ()):
        raise taken(f"API Key {key['id']} cannot be in two usage plans of the same API stage")
    region.members.setdefault(plan["id"], []).append(key["id"])
    return {"id": key["id"], "type": "API_KEY", "name": key.get("name", "")}


@operation("apigateway", "GetUsagePlanKeys")
def _members(call: Call) -> Data:
    region = there(call)
    ids = region.members.get(_plan(call)["id"], [])
    return paged(call, [{"id": one, "type": "API_KEY", "name": region.keys[one].get("name", "")} for one in ids])


@operation("apigateway", "DeleteUsagePlanKey")
def _leave(call: Call) -> Data:
    ids = there(call).members.get(_plan(call)["id"], [])
    if call.params["keyId"] not in ids:
        raise missing("API Key identifier", call.params["keyId"])
    ids.remove(call.params["keyId"])
    return {}


# Account


@operation("apigateway", "GetAccount")
def _get_account(call: Call) -> Data:
    return _account(call)


def _account(call: Call) -> Data:
    usual: Data = {"throttleSettings": {"burstLimit": 5000, "rateLimit": 10000.0}, "features": ["UsagePlans"]}
    return {**usual, "apiKeyVersion": "4", **there(call).account}


@operation("apigateway", "UpdateAccount")
def _update_account(call: Call) -> Data:
    account: Data = dict(there(call).account)
    patched(call, {"/cloudwatchRoleArn": setting(account, "cloudwatchRoleArn", lambda arn: _assumable(call, arn))})
    there(call).account = {name: value for name, value in account.items() if value}
    return _account(call)


def _assumable(call: Call, arn: str) -> str:
    roles = {one.arn: one for one in call.world.backend("iam", "aws").roles.values()}
    trusted = json.dumps(roles[arn].assume_role_policy_document) if arn in roles else ""
    if arn and "apigateway.amazonaws.com" not in trusted:
        raise bad(
            "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway"
            " and add the required role policy."
        )
    return arn


# Tags


def tags_of(world: World, arn: str) -> Data | None:
    """Return the tags of what an ARN names, for changing; ``None`` where there is nothing with tags."""
    region = region_of(world, arn.split(":")[3])
    match unquote(arn.partition("::/")[2]).split("/"):
        case ["restapis", api]:
            shown = region.apis[api].shown if api in region.apis else None
        case ["restapis", api, "stages", stage]:
            shown = region.apis[api].stages.get(stage) if api in region.apis else None
        case ["usageplans", plan]:
            shown = region.plans.get(plan)
        case ["apikeys", key]:
            shown = region.keys.get(key)
        case _:
            shown = None
    tags: Data | None = None if shown is None else shown["tags"]
    return tags


def _tags(call: Call) -> Data:
    found = tags_of(call.world, call.params["resourceArn"])
    if found is None:
        raise missing("resource identifier", call.params["resourceArn"])
    return found


@operation("apigateway", "TagResource")
def _tag(call: Call) -> Data:
    _tags(call).update(call.params["tags"])
    return {}


@operation("apigateway", "UntagResource")
def _untag(call: Call) -> Data:
    for name in call.params["tagKeys"]:
        _tags(call).pop(name, None)
    return {}


@operation("apigateway", "GetTags")
def _get_tags(call: Call) -> Data:
    return {"tags": _tags(call)}
