"""Keeps secrets and endless values out of logs."""

from __future__ import annotations

import re
from typing import Any

HIDDEN = "***"
#: Characters of a text, items of a list or dictionary, and depth, at most.
LONGEST, MOST, DEEPEST = 2_000, 30, 4
_NAMES = (
    r"password|passwd|passphrase|pwd|secret|token|authorization|cookie|session|signature|credential"
    r"|api[_-]?key|private[_-]?key"
)
_SECRET_NAME = re.compile(_NAMES, re.IGNORECASE)
#: Looks at each word from its beginning only: from every letter, a long word would cost the square of its length. The
#: name of an exception is none of a secret.
_NAME = rf"(?<![\w-])[\w-]*(?:{_NAMES})[\w-]*+(?<!error)(?<!exception)"
_HIDDEN_ALREADY = r"(?!\*\*\*)"
#: What a name is before; in these and the others, what is kept stands before what is hidden.
_NAMED = tuple(
    re.compile(text, re.IGNORECASE)
    for text in (
        # name: "value", ('name', 'value'), and both within another's quotes
        rf"(?P<kept>{_NAME}(?:\\*[\"']?\s*[=:]|\\*[\"']\s*,)\s*b?\\*)(?:\"[^\"]*\"|'[^']*')",
        # Cookie: a=b; c=d has many parts, and a password may have blanks
        rf"(?P<kept>{_NAME}[\"']?\s*:\s*+|(?:authorization|cookie)\s*=\s*+){_HIDDEN_ALREADY}[^\n]+",
        rf"(?P<kept>{_NAME}[\"']?\s*=\s*+){_HIDDEN_ALREADY}[^\s,;&]+",
        rf"(?P<kept>{_NAME}\s+)[\w/+=.-]{{20,}}",
    )
)
#: What its form gives away.
_SHAPED = tuple(
    re.compile(text, re.IGNORECASE)
    for text in (
        # up to the last @ of a URL: a password may have one
        r"(?P<kept>://)[^/\s:@]*:\S+(?=@)",
        # signed tokens, and AWS's access keys
        r"(?P<kept>\b)(?:eyJ[\w-]+\.[\w-]+\.[\w-]*|A[KS]IA[0-9A-Z]{16}\b)",
    )
)


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
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}... {len(text) - LONGEST} characters more"
    # Most lines name no secret, and looking for that once costs a fraction of what looking for each form does.
    for secret in (*(_NAMED if _SECRET_NAME.search(shown) else ()), *_SHAPED):
        shown = secret.sub(rf"\g<kept>{HIDDEN}", shown)
    return shown
