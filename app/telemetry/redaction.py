"""Keeps secrets and endless values out of logs."""

from __future__ import annotations

import re
from typing import Any

HIDDEN = "***"
#: Characters of a text, items of a list or dictionary, and depth, at most.
LONGEST, MOST, DEEPEST = 2_000, 30, 4
_NAMES = r"password|passwd|secret|token|authorization|cookie|api[_-]?key|credential"
_SECRET_NAME = re.compile(_NAMES, re.IGNORECASE)
#: Looks at each word from its beginning only: from every letter, a long word would cost the square of its length.
_ASSIGNED = re.compile(
    rf"(?<![\w-])(?P<name>[\w-]*(?:{_NAMES})[\w-]*+[\"']?\s*[=:]\s*)(?:(?:Bearer|Basic)\s+)?(\"[^\"]*\"|'[^']*'|[^\s,;&]+)",
    re.IGNORECASE,
)
_IN_URL = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")


def clean(name: str, value: Any, depth: int = 0) -> Any:
    """Return a value as a log may show it.

    Args:
        name: of the value; one that sounds like a secret hides it.
        value: anything.
        depth: how deep it lies in another.
    """
    if _SECRET_NAME.search(name):
        return HIDDEN
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict) and depth < DEEPEST:
        return {str(key): clean(str(key), one, depth + 1) for key, one in list(value.items())[:MOST]}
    if isinstance(value, list | tuple | set) and depth < DEEPEST:
        return [clean("", one, depth + 1) for one in list(value)[:MOST]]
    return scrub(str(value))


def scrub(text: str) -> str:
    """Return a text of bounded length without what follows the name of a secret, or stands before the @ of a URL."""
    bounded = text if len(text) <= LONGEST else f"{text[:LONGEST]}... {len(text) - LONGEST} characters more"
    return _IN_URL.sub(HIDDEN, _ASSIGNED.sub(rf"\g<name>{HIDDEN}", bounded))
