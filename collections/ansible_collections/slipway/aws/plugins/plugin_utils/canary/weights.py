"""Steps in per cent to weights of a listener rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

#: Both sides in traffic add up to this; AWS takes 0 to 999 for each.
WHOLE, MOST = 1000, 999
#: Per cent.
ALL, LARGEST_HOLD_BACK = 100, 50


def canary_weights(steps: Sequence[float], hold_back: float = 5) -> list[dict[str, Any]]:
    """Return the weights of each step.

    Args:
        steps: per cent of the traffic for the candidate, growing, above 0 and at most 100.
        hold_back: per cent that stay with the stable version in a step of 100, so that both can be compared; 0 to 50.

    Returns:
        For each step ``step`` (from 1), ``share`` as given, and the weights ``candidate`` and ``stable``.

    Raises:
        ValueError: the steps or the hold-back are not as above.
    """
    _check(steps, hold_back)
    return [_entry(number, share, hold_back) for number, share in enumerate(steps, 1)]


def _check(steps: Sequence[float], hold_back: float) -> None:
    if not steps or any(not 0 < step <= ALL for step in steps) or list(steps) != sorted(set(steps)):
        raise ValueError(
            f"canary_weights: steps are {list(steps)}; allowed are growing numbers above 0 and at most 100"
        )
    if not 0 <= hold_back <= LARGEST_HOLD_BACK:
        raise ValueError(f"canary_weights: hold_back is {hold_back}; allowed is 0 to 50 per cent")


def _entry(number: int, share: float, hold_back: float) -> dict[str, Any]:
    candidate = round(WHOLE * min(share, ALL - hold_back) / ALL)
    if candidate >= WHOLE:
        return {"step": number, "share": share, "candidate": MOST, "stable": 0}
    candidate = max(1, candidate)
    return {"step": number, "share": share, "candidate": candidate, "stable": WHOLE - candidate}
