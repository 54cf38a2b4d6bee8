"""Metrics as CloudWatch's GetMetricData returns them, all or none.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from .cloud import Cloud

#: What a query that CloudWatch could not answer ends with; there may be more pages of one with any other code.
FAILED = frozenset({"InternalError", "Forbidden"})
#: Id of a query and seconds since 1970, and the value.
Values = dict[tuple[str, int], float]


def metric_values(cloud: Cloud, queries: Sequence[dict[str, Any]], start: float, end: float) -> Values:
    """Return the values of queries between two moments; none where one of the queries failed.

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
    return {
        (result["Id"], int(stamp.timestamp())): value
        for result in pages
        for stamp, value in zip(result["Timestamps"], result["Values"], strict=True)
    }
