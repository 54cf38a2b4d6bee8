"""What the load balancer counted of a service: its own evidence of how it is.

Requests, 5xx of the targets, 5xx of the load balancer itself (of all that it carries, since it tells them of no target
group), and the percentile rank of the response time. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/
load-balancer-cloudwatch-metrics.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..cloud import Cloud
from ..metric_data import Series, metric_data

MINUTE = 60
NAMESPACE = "AWS/ApplicationELB"


@dataclass(frozen=True)
class Place:
    """Where a service is counted.

    Attributes:
        load_balancer: as CloudWatch's dimension names it.
        target_groups: the same, of each of the service's.
        seconds: within which an answer is fast.
    """

    load_balancer: str
    target_groups: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Minute:
    """One minute of a service.

    Attributes:
        at: seconds since 1970 when it began.
        requests: that were answered, by whomever.
        errors: of them, 5xx.
        slow: of them, later than the objective's seconds.
    """

    at: int
    requests: int
    errors: int
    slow: int


def read(cloud: Cloud, place: Place, since: float, until: float) -> list[Minute]:
    """Return the whole minutes between two moments that have requests, those with a part before or after included.

    Args:
        cloud: the account and region.
        place: where the service is counted.
        since: seconds since 1970 by AWS's clock.
        until: the same.
    """
    first, last = int(since // MINUTE) * MINUTE, -int(-until // MINUTE) * MINUTE
    if last <= first:
        return []
    found = metric_data(cloud, _queries(place), first, last)
    minutes = (_minute(at, len(place.target_groups), found) for at in range(first, last, MINUTE))
    return [minute for minute in minutes if minute.requests]


def _queries(place: Place) -> Iterator[dict[str, Any]]:
    balancer = {"LoadBalancer": place.load_balancer}
    yield _query("rejected", "HTTPCode_ELB_5XX_Count", "Sum", balancer)
    for number, group in enumerate(place.target_groups):
        of_group = {**balancer, "TargetGroup": group}
        yield _query(f"requests_{number}", "RequestCount", "Sum", of_group)
        yield _query(f"errors_{number}", "HTTPCode_Target_5XX_Count", "Sum", of_group)
        yield _query(f"fast_{number}", "TargetResponseTime", f"PR(:{place.seconds:g})", of_group)


def _query(name: str, metric: str, statistic: str, dimensions: dict[str, str]) -> dict[str, Any]:
    pairs = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    told = {"Namespace": NAMESPACE, "MetricName": metric, "Dimensions": pairs}
    return {"Id": name, "MetricStat": {"Metric": told, "Period": MINUTE, "Stat": statistic}}


def _minute(at: int, groups: int, found: dict[str, Series]) -> Minute:
    def value(name: str, missing: float = 0) -> float:
        return found.get(name, {}).get(at, missing)

    total: Counter[str] = Counter(errors=int(value("rejected")))
    for number in range(groups):
        requests = value(f"requests_{number}")
        total["requests"] += int(requests)
        total["errors"] += int(value(f"errors_{number}"))
        total["slow"] += round(requests * (1 - value(f"fast_{number}", 100.0) / 100))
    # What no target was found for is an answer of the load balancer alone.
    return Minute(at, max(total["requests"], total["errors"]), total["errors"], total["slow"])


def summed(minutes: Sequence[Minute]) -> dict[str, int]:
    """Return the requests, errors and slow answers of some minutes together."""
    return {name: sum(getattr(one, name) for one in minutes) for name in ("requests", "errors", "slow")}
