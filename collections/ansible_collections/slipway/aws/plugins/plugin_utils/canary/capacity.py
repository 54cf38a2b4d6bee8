"""How many tasks a share of the traffic needs."""

from __future__ import annotations

import math

from .weights import ALL


def canary_capacity(desired: int, share: float, hold_back: float = 5, headroom: float = 0) -> int:
    """Return the tasks that the candidate needs before it gets a share.

    Args:
        desired: tasks that all of the traffic needs.
        share: per cent of the traffic.
        hold_back: per cent that stay with the stable version at 100.
        headroom: per cent more tasks than the share needs.

    Raises:
        ValueError: a number is out of range.
    """
    if desired < 1 or not 0 < share <= ALL or headroom < 0:
        raise ValueError(
            f"canary_capacity: desired is {desired}, share {share}, headroom {headroom};"
            " allowed are 1 or more, above 0 to 100, and 0 or more"
        )
    needed = desired * min(share, ALL - hold_back) / ALL * (1 + headroom / ALL)
    # 3 * 0.1 / 0.1 is a little more than 3; a task more for that would be a surprise
    return max(1, math.ceil(round(needed, 6)))
