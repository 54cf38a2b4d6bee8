"""Filters that make IAM policies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

#: Characters of a managed policy, white space not counted.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LONGEST = 6144
#: Managed policies that a role may have, unless the account asked for more.
MOST = 10
_FRAME = len('{"Version":"2012-10-17","Statement":[]}')


def managed_policies(statements: Iterable[Mapping[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return as few ``iam_policy`` resources as take the statements.

    Args:
        statements: of an identity policy; each goes into the first that has room.
        name: of the resources and their policies, with ``-1``, ``-2`` ... behind it.

    Raises:
        ValueError: a statement alone, or all of them, are more than IAM takes.
    """
    documents: list[list[Mapping[str, Any]]] = [[]]
    rooms = [LONGEST - _FRAME]
    for statement in statements:
        size = len(json.dumps(statement, separators=(",", ":"))) + 1
        if size > LONGEST - _FRAME:
            raise ValueError(f"managed_policies: {statement.get('Sid')} has {size} characters; {LONGEST} are allowed")
        which = next((number for number, room in enumerate(rooms) if room >= size), len(rooms))
        if which == len(rooms):
            documents.append([])
            rooms.append(LONGEST - _FRAME)
        documents[which].append(statement)
        rooms[which] -= size
    if len(documents) > MOST:
        raise ValueError(f"managed_policies: {len(documents)} policies of {LONGEST} characters; a role takes {MOST}")
    return [_policy(number, name, document) for number, document in enumerate(documents, 1)]


def _policy(number: int, name: str, statements: list[Mapping[str, Any]]) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": statements}
    properties = {"PolicyName": f"{name}-{number}", "PolicyDocument": document}
    return {"type": "iam_policy", "name": f"{name}-{number}", "properties": properties}


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"managed_policies": managed_policies}
