"""What a role may do: identity policies, and the key policy for KMS. Deny wins, and nothing is allowed by default.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.core.exceptions import ServiceException

from rehearsal.authorization.evaluation import allowed, applies
from rehearsal.control.policies import Statement, listed, statements
from rehearsal.world import World

TASKS = "ecs-tasks.amazonaws.com"


def role(world: World, arn: str) -> Any | None:
    """Return moto's role, ``None`` when there is none."""
    account = arn.split(":")[4]
    if account not in world.accounts:
        return None
    try:
        return world.backend("iam", "aws", account).get_role_by_arn(arn)
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
    return allowed(_policies(found), action, resource, {key: (value,) for key, value in (context or {}).items()})


def may_decrypt(world: World, arn: str, key: Any, service: str) -> bool:
    """Say whether a role may decrypt with a key on behalf of a service: by the key's policy, or by it and its own."""
    region = key.arn.split(":")[3]
    context = {"kms:ViaService": f"{service}.{region}.amazonaws.com", "kms:CallerAccount": world.account}
    direct = delegated = False
    for one in statements(key.policy):
        if not applies({**one, "Resource": "*"}, "kms:Decrypt", key.arn, {k: (v,) for k, v in context.items()}):
            continue
        principals = one.get("Principal")
        names = ["*"] if principals == "*" else listed((principals or {}).get("AWS"))
        account = {"*", world.account, f"arn:aws:iam::{world.account}:root"}
        if one["Effect"] == "Deny" and {arn, *account} & set(names):
            return False
        direct = direct or arn in names
        delegated = delegated or bool(account & set(names))
    return direct or (delegated and may(world, arn, "kms:Decrypt", key.arn, context))


def policies_of(world: World, arn: str) -> list[Statement]:
    """Return the statements of a role's own policies; none when there is no such role."""
    found = role(world, arn)
    return list(_policies(found)) if found else []


def _policies(found: Any) -> Iterator[Statement]:
    for document in found.policies.values():
        yield from statements(document)
    for policy in found.managed_policies.values():
        current = next(version for version in policy.versions if version.version_id == policy.default_version_id)
        yield from statements(current.document)
