"""What both versions answered, minute by minute, as CloudWatch counted at the load balancer.

Requests, 5xx and percentile rank of the response time by target group: https://docs.aws.amazon.com/elasticloadbalancing/
latest/application/load-balancer-cloudwatch-metrics.html and https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/
Statistics-definitions.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..cloud import Cloud
from ..metric_data import metric_data
from .spec import Colour, Spec

MINUTE = 60
#: Seconds before a release by which it knows the service.
BEFORE = 3600
NAMESPACE = "AWS/ApplicationELB"
REQUESTS, ERRORS, FAST = "requests", "errors", "fast"
#: Told of each side that has targets, whether it has requests or not: where it is, no requests are none, and not lost.
HEALTHY = "healthy"
Counts = dict[str, int]
NONE: Counts = {REQUESTS: 0, ERRORS: 0, "slow": 0}
#: A minute's number since 1970, and the counts of both sides; ``None`` where CloudWatch has none.
Sample = dict[str, Any]


class Samples:
    """Reads samples of a service.

    Args:
        cloud: the account and region.
        spec: the release.
        stable: name of the colour that serves.
        idle: the service had no requests before, so that there being no metrics is nothing new.
    """

    def __init__(self, cloud: Cloud, spec: Spec, stable: str, *, idle: bool = False) -> None:
        self.cloud = cloud
        self.spec = spec
        self.idle = idle
        self.sides = {"stable": spec.colour(stable), "candidate": spec.other(stable)}
        #: A rolling deployment has both versions in one target group: what it answers is the candidate's.
        self.mixed = len({side.target_group for side in self.sides.values()}) == 1

    def read(self, since: float, now: float) -> list[Sample]:
        """Return a sample for each whole minute after ``since`` whose metrics are to be expected by ``now``.

        Both are seconds since 1970 by AWS's clock.
        """
        first, last = int(since // MINUTE) + 1, int((now - self.spec.metric_delay) // MINUTE)
        if last <= first:
            return []
        found = self._values(first, last)
        return [self._sample(minute, found) for minute in range(first, last)]

    def before(self, now: float) -> list[Sample]:
        """Return the samples of the last hour that have requests: what the stable version does by itself.

        Whatever the candidate's side had then, another version answered.
        """
        side = "candidate" if self.mixed else "stable"
        told = [{**one, "stable": one[side]} for one in self.read(now - BEFORE, now)]
        seen = [one for one in told if one["stable"] and one["stable"][REQUESTS]]
        return [{**one, "candidate": dict(NONE)} for one in seen]

    def _values(self, first: int, last: int) -> dict[tuple[str, str, int], float]:
        queries = (query for side, colour in self.sides.items() for query in self._queries(side, colour))
        found: dict[tuple[str, str, int], float] = {}
        for name, series in metric_data(self.cloud, queries, first * MINUTE, last * MINUTE).items():
            side, _, metric = name.partition("_")
            found |= {(side, metric, at // MINUTE): value for at, value in series.items()}
        return found

    def _queries(self, side: str, colour: Colour) -> Iterable[dict[str, Any]]:
        rank = f"PR(:{self.spec.latency_objective:g})"
        wanted = {
            REQUESTS: ("RequestCount", "Sum"),
            ERRORS: ("HTTPCode_Target_5XX_Count", "Sum"),
            FAST: ("TargetResponseTime", rank),
            HEALTHY: ("HealthyHostCount", "Maximum"),
        }
        for name, (metric, statistic) in wanted.items():
            yield {"Id": f"{side}_{name}", "MetricStat": self._metric(colour, metric, statistic)}

    def _metric(self, colour: Colour, name: str, statistic: str) -> dict[str, Any]:
        pairs = {"LoadBalancer": self.spec.load_balancer, "TargetGroup": colour.metric}
        dimensions = [{"Name": key, "Value": value} for key, value in pairs.items()]
        metric = {"Namespace": NAMESPACE, "MetricName": name, "Dimensions": dimensions}
        return {"Metric": metric, "Period": MINUTE, "Stat": statistic}

    def _sample(self, minute: int, found: dict[tuple[str, str, int], float]) -> Sample:
        sides = {side: _counts(side, minute, found) for side in self.sides}
        if self.mixed and sides["candidate"]:
            sides["stable"] = dict(NONE)
        told = any((side, HEALTHY, minute) in found for side in sides)
        if self.idle or told or any(sides.values()):  # a load balancer counts no requests of a side that had none
            sides = {side: counts or dict(NONE) for side, counts in sides.items()}
        return {"minute": minute, **sides}


def _counts(side: str, minute: int, found: dict[tuple[str, str, int], float]) -> Counts | None:
    requests = found.get((side, REQUESTS, minute))
    if requests is None:
        return None
    fast = found.get((side, FAST, minute), 100.0)
    return {
        REQUESTS: int(requests),
        ERRORS: int(found.get((side, ERRORS, minute), 0)),
        "slow": round(requests * (1 - fast / 100)),
    }
