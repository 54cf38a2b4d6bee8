"""What an environment did cost, as Cost Explorer has it."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from ..cloud import Cloud

#: Cost Explorer answers in this region for all.
REGION = "us-east-1"


def last_month(now: float) -> tuple[str, str]:
    """Return the first day of the last whole month, and that of the month after it, as dates.

    Args:
        now: seconds since 1970.
    """
    after = datetime.fromtimestamp(now, UTC).date().replace(day=1)
    return (after - timedelta(days=1)).replace(day=1).isoformat(), after.isoformat()


def actual_cost(cloud: Cloud, environment: str, months: tuple[str, str]) -> dict[str, float]:
    """Return dollars by service, of everything that bears the environment's tag.

    Args:
        cloud: the account, in :data:`REGION`.
        environment: value of the tag ``environment``, which has to be active as a cost allocation tag.
        months: the first day, and the day after the last.
    """
    request: dict[str, Any] = {
        "TimePeriod": {"Start": months[0], "End": months[1]},
        "Granularity": "MONTHLY",
        "Metrics": ["UnblendedCost"],
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
        "Filter": {"Tags": {"Key": "environment", "Values": [environment], "MatchOptions": ["EQUALS"]}},
    }
    found: dict[str, float] = defaultdict(float)
    while True:
        answer = cloud.read("ce", "get_cost_and_usage", **request)
        for month in answer["ResultsByTime"]:
            for group in month.get("Groups", ()):
                found[group["Keys"][0]] += float(group["Metrics"]["UnblendedCost"]["Amount"])
        if not answer.get("NextPageToken"):
            return dict(found)
        request["NextPageToken"] = answer["NextPageToken"]
