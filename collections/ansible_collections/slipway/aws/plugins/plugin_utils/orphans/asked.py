"""What finders are given, and what they find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..canary.numbers import CanaryError
from ..cloud import Cloud
from ..cost.prices import Prices

DAY = 86400


@dataclass(frozen=True)
class Orphan:
    """Something that nothing uses.

    Attributes:
        kind: what it is, e.g. ``volume``.
        name: how AWS's console shows it.
        environment: its tag ``environment``, empty without one.
        reason: how one sees that nothing uses it.
        month: list price of a month, in US dollars; at most that where AWS does not say how much is stored.
    """

    kind: str
    name: str
    environment: str
    reason: str
    month: float


@dataclass(frozen=True)
class Asked:
    """An account and region, its prices, and how many days something must have been unused."""

    cloud: Cloud
    prices: Prices
    days: float

    def old(self, moment: datetime) -> bool:
        """Say whether a moment is longer ago than ``days``."""
        return moment.timestamp() < self.cloud.time() - self.days * DAY

    def month(self, name: str, amount: float = 1) -> float:
        """Return dollars a month for an amount of what has a price, by the hour or month; 0 for what has none."""
        try:
            price = self.prices[name]
        except CanaryError:
            return 0
        hours = self.prices.hours if price.per.startswith("hour") else 1
        return round(price.price * amount * hours, 2)

    def most(self, namespace: str, metric: str, statistic: str, **dimension: str) -> float:
        """Return the largest daily value of a metric in the last ``days``; 0 without any."""
        until = datetime.fromtimestamp(self.cloud.time(), UTC)
        answer = self.cloud.read(
            "cloudwatch",
            "get_metric_statistics",
            Namespace=namespace,
            MetricName=metric,
            Dimensions=[{"Name": name, "Value": value} for name, value in dimension.items()],
            StartTime=datetime.fromtimestamp(until.timestamp() - self.days * DAY, UTC),
            EndTime=until,
            Period=DAY,
            Statistics=[statistic],
        )
        return max((float(one[statistic]) for one in answer["Datapoints"]), default=0.0)


def environment(tags: Iterable[Mapping[str, Any]]) -> str:
    """Return the tag ``environment`` of a list of AWS's form."""
    return next((str(one["Value"]) for one in tags if one["Key"] == "environment"), "")
