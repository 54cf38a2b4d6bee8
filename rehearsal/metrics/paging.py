"""Answers in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.control.overlay import Refused


def begin(params: Mapping[str, Any]) -> int:
    """Return where the next part begins.

    Raises:
        Refused: the token is none of ours.
    """
    token = params.get("NextToken", "0")
    if not token.isdecimal():
        raise Refused("InvalidNextToken", "The next token specified is invalid.")
    return int(token)


def page[Item](items: Sequence[Item], params: Mapping[str, Any], most: int) -> tuple[Sequence[Item], dict[str, str]]:
    """Return a part of the items, and the token of the next one if there is more.

    Args:
        items: all of them.
        params: of the call: ``NextToken``, ``MaxRecords``.
        most: items in a part.
    """
    start = begin(params)
    end = start + int(params.get("MaxRecords") or most)
    return items[start:end], {"NextToken": str(end)} if end < len(items) else {}
