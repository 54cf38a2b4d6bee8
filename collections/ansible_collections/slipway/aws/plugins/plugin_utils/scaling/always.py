"""What of a service always runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..cost.prices import Prices
from .fortnight import VCPU
from .size import GIB

#: What commitments are for; tasks on Spot are cheaper than any of them.
COMMITTED = "FARGATE"


def always(prices: Prices, advice: Mapping[str, Any], asked: Mapping[str, Any]) -> float:
    """Return the dollars an hour on demand of a service's tasks at its quietest.

    Args:
        prices: of the region.
        advice: what the filter ``right_size`` says of it: the size and number that it is going to have.
        asked: its ``architecture`` and ``capacity``.
    """
    if asked["capacity"] != COMMITTED:
        return 0.0
    kind, size = str(asked["architecture"]).lower(), advice["size"]
    vcpu, gib = (prices[f"fargate_{kind}_{unit}_hour"].price for unit in ("vcpu", "gib"))
    one = size["cpu"] / VCPU * vcpu + size["memory"] / GIB * gib
    return float(one * advice["minimum"])
