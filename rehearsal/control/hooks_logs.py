"""CloudWatch Logs: keys and deletion protection of log groups, which moto lacks."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before, operation

PROTECTED = "logs.protected"


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
