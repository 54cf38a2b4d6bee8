"""What somebody may have meant by a name that there is not."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(given: object, known: Iterable[str], otherwise: str) -> str:
    """Return a question for the known name that is most like a given one, or another hint where none is alike.

    Args:
        given: what there is not.
        known: what there is.
        otherwise: the other hint.
    """
    close = get_close_matches(str(given), list(known), n=1)
    return f"did you mean {close[0]}?" if close else otherwise
