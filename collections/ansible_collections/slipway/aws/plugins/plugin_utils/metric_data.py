"""Metrics as CloudWatch's GetMetricData returns them, all or none.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from .cloud import Cloud

#: What a query that CloudWatch could not answer ends with; there may be more pages of one with any other code.
FAILED = frozenset({"InternalError", "Forbidden"})
#: Values by seconds since 1970.
Series = dict[int, float]


def metric_data(cloud: Cloud, queries: Iterable[dict[str, Any]], start: float, end: float) -> dict[str, Series]:
    """Return the values between two moments by the queries' ids; none at all where one of the queries failed.

    Part of the answer would be wrong evidence: requests without their errors look like good ones.

    Args:
        cloud: the account and region.
        queries: as GetMetricData takes them.
        start: seconds since 1970 by AWS's clock.
        end: the same.
    """
    span = {"StartTime": datetime.fromtimestamp(start, UTC), "EndTime": datetime.fromtimestamp(end, UTC)}
    pages = cloud.pages("cloudwatch", "get_metric_data", "MetricDataResults", MetricDataQueries=[*queries], **span)
    if any(result.get("StatusCode") in FAILED for result in pages):
        return {}
    found: dict[str, Series] = {}
    for result in pages:
        stamps = (int(stamp.timestamp()) for stamp in result["Timestamps"])
        found.setdefault(result["Id"], {}).update(zip(stamps, result["Values"], strict=True))
    return found
