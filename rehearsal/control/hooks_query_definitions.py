"""Saved queries of CloudWatch Logs, which moto lacks.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from rehearsal.control.overlay import Call, Refused, operation

MOST = 1000
_COMMANDS = (
    "fields filter stats sort limit parse display dedup pattern diff unmask unnest lookup anomaly filterIndex SOURCE"
)
_COMMAND = re.compile(rf"(?:{'|'.join(_COMMANDS.split())})\b")


def _kept(call: Call) -> dict[str, dict[str, Any]]:
    return call.world.kept(f"logs.queries.{call.region}")


@operation("logs", "PutQueryDefinition")
def put(call: Call) -> dict[str, Any]:
    """Keep a query, or the new state of one that is there."""
    params, there = dict(call.params), _kept(call)
    name = params.pop("queryDefinitionId", "")
    params.pop("clientToken", None)
    if name and name not in there:
        raise Refused("ResourceNotFoundException", "The specified query definition does not exist.")
    if not name and len(there) >= MOST:
        raise Refused("LimitExceededException", f"an account has at most {MOST} query definitions in a region")
    for line in params["queryString"].split("|"):
        if params.get("queryLanguage", "CWLI") == "CWLI" and not _COMMAND.match(_without_comments(line)):
            raise Refused("InvalidParameterException", f"queryString has no command at {line.strip()[:60]!r}")
    for group in params.get("logGroupNames", []):
        if group not in call.backend().groups:
            raise Refused("ResourceNotFoundException", f"The specified log group does not exist: {group}")
    name = name or str(uuid.uuid4())
    there[name] = {
        **params,
        "queryDefinitionId": name,
        "queryLanguage": params.get("queryLanguage", "CWLI"),
        "lastModified": int(call.world.clock.now() * 1000),
    }
    return {"queryDefinitionId": name}


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.strip().startswith("#")).strip()


@operation("logs", "DescribeQueryDefinitions")
def describe(call: Call) -> dict[str, Any]:
    """Return queries by the beginning of their names, in parts as AWS does."""
    prefix, start = call.params.get("queryDefinitionNamePrefix", ""), int(call.params.get("nextToken", "0"))
    found = sorted((one for one in _kept(call).values() if one["name"].startswith(prefix)), key=lambda one: one["name"])
    end = start + int(call.params.get("maxResults", MOST))
    return {"queryDefinitions": found[start:end], **({"nextToken": str(end)} if end < len(found) else {})}


@operation("logs", "DeleteQueryDefinition")
def delete(call: Call) -> dict[str, Any]:
    """Forget a query."""
    if _kept(call).pop(call.params["queryDefinitionId"], None) is None:
        raise Refused("ResourceNotFoundException", "The specified query definition does not exist.")
    return {"success": True}
