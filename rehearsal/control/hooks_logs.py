"""CloudWatch Logs: keys and deletion protection of log groups, which moto lacks."""

from __future__ import annotations

import uuid
from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before, operation

PROTECTED = "logs.protected"
QUERIES = "logs.queries"
#: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
DAYS = (*(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),)


@operation("logs", "AssociateKmsKey", "DisassociateKmsKey")
def change_key(call: Call) -> dict[str, Any]:
    """Encrypt a log group with another key, or with AWS's own."""
    _group(call, call.params["logGroupName"]).kms_key_id = call.params.get("kmsKeyId")
    return {}


@operation("logs", "PutLogGroupDeletionProtection")
def protect(call: Call) -> dict[str, Any]:
    """Switch the protection of a log group."""
    name = call.params["logGroupIdentifier"].split(":log-group:")[-1]
    _group(call, name)
    call.world.kept(PROTECTED)[call.region, name] = call.params["deletionProtectionEnabled"]
    return {}


@operation("logs", "PutQueryDefinition")
def put_query(call: Call) -> dict[str, Any]:
    """Keep a saved query, a new one or in place of the one that is named."""
    kept = call.world.kept(QUERIES)
    number = call.params.get("queryDefinitionId") or str(uuid.uuid4())
    if "queryDefinitionId" in call.params and (call.region, number) not in kept:
        raise Refused("ResourceNotFoundException", "The specified query definition does not exist.")
    fields = {name: call.params[name] for name in ("name", "queryString", "logGroupNames") if name in call.params}
    kept[call.region, number] = {
        **fields,
        "queryDefinitionId": number,
        "lastModified": int(call.world.clock.now() * 1000),
    }
    return {"queryDefinitionId": number}


@operation("logs", "DescribeQueryDefinitions")
def describe_queries(call: Call) -> dict[str, Any]:
    """List saved queries whose names begin as asked."""
    begin = call.params.get("queryDefinitionNamePrefix", "")
    kept = [one for (region, _), one in call.world.kept(QUERIES).items() if region == call.region]
    return {"queryDefinitions": [one for one in kept if one["name"].startswith(begin)]}


@operation("logs", "DeleteQueryDefinition")
def delete_query(call: Call) -> dict[str, Any]:
    """Forget a saved query."""
    gone = call.world.kept(QUERIES).pop((call.region, call.params["queryDefinitionId"]), None)
    if gone is None:
        raise Refused("ResourceNotFoundException", "The specified query definition does not exist.")
    return {"success": True}


@after("logs", "CreateLogGroup")
def keep_protection(call: Call, response: dict[str, Any]) -> None:
    """Keep whether a new log group is protected."""
    del response
    name = call.params["logGroupName"]
    call.world.kept(PROTECTED)[call.region, name] = call.params.get("deletionProtectionEnabled", False)


@before("logs", "DeleteLogGroup")
def refuse_deletion(call: Call) -> None:
    """Refuse to delete a protected log group."""
    if call.world.kept(PROTECTED).get((call.region, call.params["logGroupName"])):
        raise Refused("OperationAbortedException", "The log group has deletion protection enabled")


@after("logs", "DescribeLogGroups")
def show(call: Call, response: dict[str, Any]) -> None:
    """Show protection and class, which every log group has."""
    for group in response.get("logGroups", []):
        group["deletionProtectionEnabled"] = call.world.kept(PROTECTED).get((call.region, group["logGroupName"]), False)
        group.setdefault("logGroupClass", "STANDARD")


def _group(call: Call, name: str) -> Any:
    groups = call.backend().groups
    if name not in groups:
        raise Refused("ResourceNotFoundException", "The specified log group does not exist.")
    return groups[name]


@before("logs", "PutRetentionPolicy")
def check_days(call: Call) -> None:
    """Refuse other retentions than CloudWatch Logs has."""
    days = call.params["retentionInDays"]
    if days not in DAYS:
        raise Refused("InvalidParameterException", f"retentionInDays is {days}; allowed are {DAYS}")


@before("logs", "PutMetricFilter")
def replace_filter(call: Call) -> None:
    """Have a metric filter take the place of the one of its name; moto keeps both."""
    group, name = call.params["logGroupName"], call.params["filterName"]
    _group(call, group)
    kept = call.backend().filters.metric_filters
    kept[:] = [one for one in kept if (one["logGroupName"], one["filterName"]) != (group, name)]


@after("logs", "DeleteLogGroup")
def forget_filters(call: Call, response: dict[str, Any]) -> None:
    """Forget the metric filters of a log group with it."""
    del response
    kept = call.backend().filters.metric_filters
    kept[:] = [one for one in kept if one["logGroupName"] != call.params["logGroupName"]]


@before("logs", "CreateLogGroup", "AssociateKmsKey")
def check_key(call: Call) -> None:
    """Refuse a key that does not exist or is not enabled."""
    arn = call.params.get("kmsKeyId")
    if arn is None:
        return
    key = call.backend("kms").keys.get(arn.rsplit("/", 1)[-1])
    if key is None or key.key_state != "Enabled":
        raise Refused("InvalidParameterException", f"The specified KMS Key Id could not be found. ({arn})")
