"""Policy documents: their statements, and values that are one or a list."""

from __future__ import annotations

import json
from typing import Any

from rehearsal.control.overlay import Refused

Statement = dict[str, Any]


def statements(document: Any) -> list[Statement]:
    """Return the statements of a policy, given as JSON or parsed; a single one may stand without a list."""
    parsed = json.loads(document) if isinstance(document, str | bytes) else document
    return listed(parsed.get("Statement", []))


def well_formed(document: str, refusal: Refused) -> list[Statement]:
    """Return the statements of a policy that a client sent.

    Raises:
        Refused: it is no JSON, or has no statements.
    """
    try:
        parsed = json.loads(document)
        parsed["Statement"]
    except (ValueError, KeyError, TypeError):
        raise refusal from None
    return statements(parsed)


def listed(value: Any) -> list[Any]:
    """Return a value that may be missing, one or a list, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def size(document: Any) -> int:
    """Return the characters of a policy that IAM counts: all but white space.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    text = document if isinstance(document, str) else json.dumps(document)
    return len("".join(text.split()))
