"""May a role do that? IAM policies, as far as tasks' roles use them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from rehearsal.world import World


class RoleError(Exception):
    """The role does not exist."""


def allowed(world: World, role_arn: str, action: str, resource: str) -> bool:
    """Say whether a role may act on a resource, by its inline and attached policies. A Deny wins.

    Conditions are taken as met: what tasks' roles state (``kms:ViaService``) is true for the calls asked about here.

    Raises:
        RoleError: there is no such role.
    """
    verdict = False
    for statement in _statements(world, role_arn):
        if _fits(statement, action, resource):
            if statement["Effect"] == "Deny":
                return False
            verdict = True
    return verdict


def _statements(world: World, role_arn: str) -> Iterator[dict[str, Any]]:
    backend = world.backend("iam", "aws")
    role = next((role for role in backend.roles.values() if role.arn == role_arn), None)
    if role is None:
        raise RoleError(role_arn)
    documents = list(role.policies.values()) + [policy.document for policy in role.managed_policies.values()]
    for document in documents:
        content = json.loads(document) if isinstance(document, str) else document
        yield from _list(content["Statement"])


def _fits(statement: dict[str, Any], action: str, resource: str) -> bool:
    actions = _list(statement.get("Action", []))
    resources = _list(statement.get("Resource", []))
    named = any(fnmatchcase(action.lower(), pattern.lower()) for pattern in actions)
    return named and any(fnmatchcase(resource, pattern) for pattern in resources)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
