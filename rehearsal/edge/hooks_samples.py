"""WAF's samples of what rules matched."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rehearsal.control.overlay import Call, operation
from rehearsal.edge.waf_log import SAMPLES


@operation("wafv2", "GetSampledRequests")
def sampled_requests(call: Call) -> dict[str, Any]:
    """Return requests that a rule, by its metric, matched within a window; the newest ones."""
    arn, metric = call.params["WebAclArn"], call.params["RuleMetricName"]
    acl = call.backend().wacls[arn]
    names = {rule.to_dict()["VisibilityConfig"]["MetricName"]: rule.name for rule in acl.rules}
    wanted = names.get(metric, "Default_Action")
    window = call.params["TimeWindow"]
    begin, end = _seconds(window["StartTime"]), _seconds(window["EndTime"])
    found = [
        _sample(one)
        for one in reversed(list(call.world.kept(SAMPLES).get(arn, ())))
        if begin <= one["at"] <= end and (one["terminatingRuleId"] == wanted or wanted in _counted(one))
    ]
    shown = found[: call.params["MaxItems"]]
    return {"SampledRequests": shown, "PopulationSize": len(found), "TimeWindow": window}


def _seconds(value: Any) -> float:
    return value.timestamp() if isinstance(value, datetime) else float(value)


def _counted(one: dict[str, Any]) -> set[str]:
    return {rule["ruleId"] for rule in one["nonTerminatingMatchingRules"]}


def _sample(one: dict[str, Any]) -> dict[str, Any]:
    request = one["httpRequest"]
    return {
        "Request": {
            "ClientIP": request["clientIp"],
            "Country": request["country"],
            "URI": request["uri"] + (f"?{request['args']}" if request["args"] else ""),
            "Method": request["httpMethod"],
            "HTTPVersion": request["httpVersion"],
            "Headers": [{"Name": header["name"], "Value": header["value"]} for header in request["headers"]],
        },
        "Weight": 1,
        "Timestamp": datetime.fromtimestamp(one["at"], UTC),
        "Action": one["action"],
    }
