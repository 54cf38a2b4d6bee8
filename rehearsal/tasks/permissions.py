"""What a role may do: identity policies, and the key policy for KMS. Deny wins, and nothing is allowed by default.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from moto.core.exceptions import ServiceException

from rehearsal.control.policies import Statement, listed, statements
from rehearsal.world import World

TASKS = "ecs-tasks.amazonaws.com"


def role(world: World, arn: str) -> Any | None:
    """Return moto's role, ``None`` when there is none."""
    try:
        return world.backend("iam", "aws").get_role_by_arn(arn)
    except ServiceException:
        return None


def trusts(found: Any, principal: str) -> bool:
    """Say whether a service may assume a role."""
    for statement in statements(found.assume_role_policy_document):
        services = listed((statement.get("Principal") or {}).get("Service"))
        if statement["Effect"] == "Allow" and principal in services:
            return True
    return False


def may(world: World, arn: str, action: str, resource: str, context: Mapping[str, str] | None = None) -> bool:
    """Say whether a role's own policies let it do something."""
    found = role(world, arn)
    if found is None:
        return False
    matching = [one for one in _policies(found) if _applies(one, action, resource, context or {})]
    effects = {one["Effect"] for one in matching}
    return "Allow" in effects and "Deny" not in effects


def may_decrypt(world: World, arn: str, key: Any, service: str) -> bool:
    """Say whether a role may decrypt with a key on behalf of a service: by the key's policy, or by it and its own."""
    region = key.arn.split(":")[3]
    context = {"kms:ViaService": f"{service}.{region}.amazonaws.com", "kms:CallerAccount": world.account}
    direct = delegated = False
    for one in statements(key.policy):
        if not _applies({**one, "Resource": "*"}, "kms:Decrypt", key.arn, context):
            continue
        principals = one.get("Principal")
        names = ["*"] if principals == "*" else listed((principals or {}).get("AWS"))
        account = {"*", world.account, f"arn:aws:iam::{world.account}:root"}
        if one["Effect"] == "Deny" and {arn, *account} & set(names):
            return False
        direct = direct or arn in names
        delegated = delegated or bool(account & set(names))
    return direct or (delegated and may(world, arn, "kms:Decrypt", key.arn, context))


def _policies(found: Any) -> Iterator[Statement]:
    for document in found.policies.values():
        yield from statements(document)
    for policy in found.managed_policies.values():
        current = next(version for version in policy.versions if version.version_id == policy.default_version_id)
        yield from statements(current.document)


def _applies(statement: Statement, action: str, resource: str, context: Mapping[str, str]) -> bool:
    return (
        _named(statement, "Action", action.lower(), lower=True)
        and _named(statement, "Resource", resource)
        and _conditions_hold(statement.get("Condition", {}), context)
    )


def _named(statement: Statement, key: str, value: str, *, lower: bool = False) -> bool:
    negated = f"Not{key}" in statement
    patterns = listed(statement.get(f"Not{key}" if negated else key))
    hit = any(fnmatchcase(value, pattern.lower() if lower else pattern) for pattern in patterns)
    return hit != negated


def _conditions_hold(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    return all(
        _holds(operator, listed(wanted), context.get(key))
        for operator, pairs in conditions.items()
        for key, wanted in pairs.items()
    )


def _holds(operator: str, wanted: list[str], value: str | None) -> bool:
    """Evaluate one condition; a key that is not known here holds only for ``...IfExists``."""
    if value is None:
        return operator.endswith("IfExists") or "Not" in operator
    name = operator.removesuffix("IfExists").rsplit(":", 1)[-1]
    hit = any(fnmatchcase(value, one) for one in wanted) if "Like" in name or "Arn" in name else value in wanted
    return hit != ("Not" in name)
