"""X-Ray's groups and sampling rules, which moto lacks.

https://docs.aws.amazon.com/xray/latest/api/API_Operations.html
"""

from __future__ import annotations

import uuid
from typing import Any

from rehearsal.control import trace_filters
from rehearsal.control.overlay import Call, Refused, operation

MOST_GROUPS, MOST_RULES = 25, 25
RULE = ("ServiceName", "ServiceType", "Host", "HTTPMethod", "URLPath", "ResourceARN")
NEEDED = ("RuleName", "Priority", "FixedRate", "ReservoirSize", *RULE, "Version")


def _groups(call: Call) -> dict[str, dict[str, Any]]:
    return call.world.kept(f"xray.groups.{call.region}")


def _rules(call: Call) -> dict[str, dict[str, Any]]:
    return call.world.kept(f"xray.rules.{call.region}")


def _tags(call: Call, arn: str) -> dict[str, str]:
    found: dict[str, str] = call.world.kept("xray.tags").setdefault(arn, {})
    return found


def _refuse(text: str) -> None:
    raise Refused("InvalidRequestException", text)


def _arn(call: Call, kind: str, name: str) -> str:
    return f"arn:aws:xray:{call.region}:{call.account}:{kind}/{name}"


def _tag(call: Call, arn: str) -> None:
    _tags(call, arn).update({one["Key"]: one["Value"] for one in call.params.get("Tags", [])})


@operation("xray", "CreateGroup")
def create_group(call: Call) -> dict[str, Any]:
    """Create a group."""
    name, there = call.params["GroupName"], _groups(call)
    if name in there or name == "Default":
        _refuse("Group already exists")
    if len(there) >= MOST_GROUPS:
        raise Refused("ThrottledException", f"an account has at most {MOST_GROUPS} groups in a region", 429)
    trace_filters.check(call.params.get("FilterExpression", ""))
    insights = {"InsightsEnabled": False, "NotificationsEnabled": False}
    there[name] = {
        "GroupName": name,
        "GroupARN": _arn(call, "group", f"{name}/{uuid.uuid4().hex[:24].upper()}"),
        "FilterExpression": call.params.get("FilterExpression", ""),
        "InsightsConfiguration": {**insights, **call.params.get("InsightsConfiguration", {})},
    }
    _tag(call, there[name]["GroupARN"])
    return {"Group": there[name]}


def _group(call: Call) -> dict[str, Any]:
    name, arn = call.params.get("GroupName"), call.params.get("GroupARN")
    for one in _groups(call).values():
        if one["GroupName"] == name or one["GroupARN"] == arn:
            return one
    raise Refused("InvalidRequestException", "Group not found")


@operation("xray", "GetGroup")
def get_group(call: Call) -> dict[str, Any]:
    """Return a group."""
    return {"Group": _group(call)}


@operation("xray", "GetGroups")
def get_groups(call: Call) -> dict[str, Any]:
    """Return all groups."""
    return {"Groups": list(_groups(call).values())}


@operation("xray", "UpdateGroup")
def update_group(call: Call) -> dict[str, Any]:
    """Change filter or insights."""
    found = _group(call)
    trace_filters.check(call.params.get("FilterExpression", ""))
    for name in ("FilterExpression", "InsightsConfiguration"):
        if name in call.params:
            found[name] = call.params[name]
    return {"Group": found}


@operation("xray", "DeleteGroup")
def delete_group(call: Call) -> dict[str, Any]:
    """Forget a group."""
    del _groups(call)[_group(call)["GroupName"]]
    return {}


@operation("xray", "CreateSamplingRule")
def create_rule(call: Call) -> dict[str, Any]:
    """Create a sampling rule."""
    rule, there = dict(call.params["SamplingRule"]), _rules(call)
    missing = [name for name in NEEDED if name not in rule]
    if missing:
        _refuse(f"{', '.join(missing)} required")
    if rule["RuleName"] in there:
        _refuse("Sampling rule already exists")
    if len(there) >= MOST_RULES:
        raise Refused("RuleLimitExceededException", f"at most {MOST_RULES} sampling rules are allowed")
    rule["RuleARN"] = _arn(call, "sampling-rule", rule["RuleName"])
    there[rule["RuleName"]] = rule
    _tag(call, rule["RuleARN"])
    return {"SamplingRuleRecord": {"SamplingRule": rule}}


@operation("xray", "GetSamplingRules")
def get_rules(call: Call) -> dict[str, Any]:
    """Return all rules, the account's default one last."""
    default: dict[str, Any] = {
        **dict.fromkeys(RULE, "*"),
        "RuleName": "Default",
        "RuleARN": _arn(call, "sampling-rule", "Default"),
    }
    default |= {"Priority": 10_000, "FixedRate": 0.05, "ReservoirSize": 1, "Version": 1}
    return {"SamplingRuleRecords": [{"SamplingRule": one} for one in [*_rules(call).values(), default]]}


@operation("xray", "UpdateSamplingRule")
def update_rule(call: Call) -> dict[str, Any]:
    """Change a rule."""
    changes = call.params["SamplingRuleUpdate"]
    found = _rules(call).get(changes.get("RuleName", ""))
    if found is None:
        raise Refused("InvalidRequestException", "Sampling rule not found")
    found.update(changes)
    return {"SamplingRuleRecord": {"SamplingRule": found}}


@operation("xray", "DeleteSamplingRule")
def delete_rule(call: Call) -> dict[str, Any]:
    """Forget a rule."""
    found = _rules(call).pop(call.params.get("RuleName", ""), None)
    if found is None:
        raise Refused("InvalidRequestException", "Sampling rule not found")
    return {"SamplingRuleRecord": {"SamplingRule": found}}


@operation("xray", "TagResource")
def tag(call: Call) -> dict[str, Any]:
    """Tag a group or a rule."""
    _tag(call, call.params["ResourceARN"])
    return {}


@operation("xray", "UntagResource")
def untag(call: Call) -> dict[str, Any]:
    """Remove tags."""
    for key in call.params["TagKeys"]:
        _tags(call, call.params["ResourceARN"]).pop(key, None)
    return {}


@operation("xray", "ListTagsForResource")
def list_tags(call: Call) -> dict[str, Any]:
    """Return tags."""
    return {"Tags": [{"Key": key, "Value": value} for key, value in _tags(call, call.params["ResourceARN"]).items()]}
