"""ELBv2: sessions that stick to targets, behind a rule that does not keep them on their target group.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/sticky-sessions.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rehearsal.control.hooks_elbv2_quotas import ROUTING
from rehearsal.control.overlay import Call, Refused, before

ENABLED = "stickiness.enabled"
CODE = "InvalidConfigurationRequest"


@before("elbv2", "ModifyTargetGroupAttributes")
def check_rules_of_group(call: Call) -> None:
    """Refuse that sessions stick to targets while a rule spreads them over several groups."""
    wanted = {one["Key"]: one["Value"] for one in call.params["Attributes"]}
    if wanted.get(ENABLED) != "true":
        return
    group, balancers = call.params["TargetGroupArn"], call.backend().load_balancers.values()
    rules = (rule for one in balancers for listener in one.listeners.values() for rule in listener.rules.values())
    for rule in rules:
        if group in spread([action.data for action in rule.actions]):
            raise Refused(
                CODE,
                f"This target group appears behind a rule with group stickiness disabled ({rule.arn}). You must enable"
                " group stickiness before enabling target stickiness",
            )


@before("elbv2", *ROUTING)
def check_groups_of_rule(call: Call) -> None:
    """Refuse that a rule spreads sessions over several groups while they stick to the targets of one."""
    groups = call.backend().target_groups
    for arn in spread(call.params.get("Actions") or call.params.get("DefaultActions") or []):
        if arn in groups and groups[arn].attributes.get(ENABLED) == "true":
            raise Refused(
                CODE,
                "You must enable group stickiness on a rule if you enabled target stickiness on one of its target"
                f" groups ({arn})",
            )


def spread(actions: Iterable[dict[str, Any]]) -> list[str]:
    """Return the target groups over which actions spread the requests of a session."""
    found: list[str] = []
    for action in actions:
        config = action.get("ForwardConfig") or {}
        groups = [one["TargetGroupArn"] for one in config.get("TargetGroups", [])]
        sticks = (config.get("TargetGroupStickinessConfig") or {}).get("Enabled")
        if len(groups) > 1 and str(sticks).lower() != "true":
            found += groups
    return found
