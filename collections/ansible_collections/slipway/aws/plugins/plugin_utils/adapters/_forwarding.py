"""What a listener rule forwards to: which target groups is the platform's, with which weights the release's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Action = dict[str, Any]


def target_groups(actions: Iterable[Action]) -> list[str]:
    """Return the ARNs of the target groups that actions forward to."""
    return [entry["TargetGroupArn"] for action in actions for entry in forwarded(action)]


def forwarded(action: Action) -> list[dict[str, Any]]:
    """Return target groups and weights of one action. AWS takes and tells a single one in a short form too."""
    groups = (action.get("ForwardConfig") or {}).get("TargetGroups")
    if groups:
        return list(groups)
    return [{"TargetGroupArn": action["TargetGroupArn"], "Weight": 1}] if action.get("TargetGroupArn") else []


def without_short_form(action: Action) -> Action:
    """Return an action with its target groups said once, under ``ForwardConfig``."""
    if action.get("Type") != "forward":
        return action
    rest = {name: value for name, value in action.items() if name != "TargetGroupArn"}
    return {**rest, "ForwardConfig": {**(action.get("ForwardConfig") or {}), "TargetGroups": forwarded(action)}}


def redirected(actions: list[Action], wanted: list[str], initial: list[Action]) -> list[Action]:
    """Return actions that forward to ``wanted`` with the weights that there are.

    Args:
        actions: as they are.
        wanted: target groups that they shall forward to.
        initial: taken where no weight would be left.
    """
    changed = [_with_groups(action, wanted) for action in actions]
    return changed if any(entry["Weight"] for action in changed for entry in forwarded(action)) else initial


def _with_groups(action: Action, wanted: list[str]) -> Action:
    if action.get("Type") != "forward":
        return action
    weights = {entry["TargetGroupArn"]: entry.get("Weight", 1) for entry in forwarded(action)}
    groups = [{"TargetGroupArn": arn, "Weight": weights.get(arn, 0)} for arn in wanted]
    whole = without_short_form(action)
    return {**whole, "ForwardConfig": {**whole["ForwardConfig"], "TargetGroups": groups}}
