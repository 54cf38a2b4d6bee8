"""What WAF writes of a request, in the fields of its log.

https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.edge.conditions import Request
from rehearsal.edge.firewall_statements import country

DEFAULT = "Default_Action"


def record(
    acl: Mapping[str, Any],
    request: Request,
    rule: Mapping[str, Any] | None,
    action: str,
    counted: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    """Return an entry of the log, without its time.

    Args:
        acl: the web ACL.
        request: what came.
        rule: that decided; None when the ACL's default action did.
        action: what was done: ``Allow`` or ``Block``.
        counted: names of rules that matched and did not decide, with what they did.
    """
    return {
        "formatVersion": 1,
        "webaclId": acl.get("arn", acl["name"]),
        "terminatingRuleId": rule["Name"] if rule else DEFAULT,
        "terminatingRuleType": _kind(rule),
        "action": action.upper(),
        "httpSourceName": acl.get("source", "ALB"),
        "nonTerminatingMatchingRules": [{"ruleId": name, "action": done.upper()} for name, done in counted],
        "httpRequest": {
            "clientIp": request.source,
            "country": country(request.source),
            "headers": [{"name": name, "value": value} for name, value in request.headers.items()],
            "uri": request.path,
            "args": request.query,
            "httpVersion": "HTTP/1.1",
            "httpMethod": request.method,
            "requestId": str(uuid.uuid4()),
        },
    }


def _kind(rule: Mapping[str, Any] | None) -> str:
    statement = rule["Statement"] if rule else {}
    if "ManagedRuleGroupStatement" in statement:
        return "MANAGED_RULE_GROUP"
    return "RATE_BASED" if "RateBasedStatement" in statement else "REGULAR"
