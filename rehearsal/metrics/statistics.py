"""Statistics of CloudWatch by their names.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from rehearsal.metrics.histogram import Histogram

Statistic = Callable[[Histogram], float]

SIMPLE: dict[str, Statistic] = {
    "SampleCount": lambda data: data.count,
    "Sum": lambda data: data.total,
    "Average": lambda data: data.total / data.count,
    "Minimum": lambda data: data.low,
    "Maximum": lambda data: data.high,
}
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")
_RANK = re.compile(r"PR\(([\d.]*):([\d.]*)\)")


def statistic(name: str) -> Statistic:
    """Return what computes a statistic: the simple ones, ``p99.9``, ``PR(:0.5)``.

    Raises:
        ValueError: CloudWatch has none of that name, or it is one that the local cloud does not compute.
    """
    if name in SIMPLE:
        return SIMPLE[name]
    found = _PERCENTILE.fullmatch(name)
    if found:
        share = float(found[1])
        return lambda data: data.percentile(share)
    found = _RANK.fullmatch(name)
    if found and (found[1] or found[2]):
        low, high = float(found[1] or -math.inf), float(found[2] or math.inf)
        return lambda data: data.share(low, high)
    raise ValueError(f"statistic is {name!r}; allowed are {', '.join(SIMPLE)}, p0 to p100 and PR(low:high)")
