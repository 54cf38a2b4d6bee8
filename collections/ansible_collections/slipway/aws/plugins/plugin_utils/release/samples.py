"""What both versions answered, minute by minute, as CloudWatch counted at the load balancer.

Requests, answers by their status and percentile rank of the response time by target group, and what the load balancer
answered itself: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
and https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..cloud import Cloud
from ..metric_data import metric_data
from .spec import Colour, Spec
from .unanswered import Lost, Side, Unanswered, total

MINUTE = 60
#: Seconds before a release by which it knows the service.
BEFORE = 3600
NAMESPACE = "AWS/ApplicationELB"
WHOLE = 100.0
REQUESTS, ERRORS, FAST = "requests", "errors", "fast"
#: Told of each side that has targets, whether it has requests or not: where it is, no requests are none, and not lost.
HEALTHY = "healthy"
#: Answers of the targets that are no errors, by status.
WELL = {f"answers_{status}": f"HTTPCode_Target_{status}XX_Count" for status in (2, 3, 4)}
#: Answers that the load balancer made itself, for all that it carries; 4xx has the clients that went away (460).
BALANCER, REJECTED, FAILED = "balancer", "rejected", "failed"
OWN = {REJECTED: "HTTPCode_ELB_4XX_Count", FAILED: "HTTPCode_ELB_5XX_Count"}
Counts = dict[str, int]
NONE: Counts = {REQUESTS: 0, ERRORS: 0, "slow": 0}
#: A minute's number since 1970, and the counts of both sides; ``None`` where CloudWatch has none.
Sample = dict[str, Any]
#: By side, metric and minute.
Found = dict[tuple[str, str, int], float]


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
        lost = self._lost(range(first, last), found)
        return [self._sample(minute, found, lost) for minute in range(first, last)]

    def before(self, now: float) -> list[Sample]:
        """Return the samples of the last hour that have requests: what the stable version does by itself.

        Whatever the candidate's side had then, another version answered.
        """
        side = "candidate" if self.mixed else "stable"
        told = [{**one, "stable": one[side]} for one in self.read(now - BEFORE, now)]
        seen = [one for one in told if one["stable"] and one["stable"][REQUESTS]]
        return [{**one, "candidate": dict(NONE)} for one in seen]

    def _values(self, first: int, last: int) -> Found:
        queries = [query for side, colour in self.sides.items() for query in self._queries(side, colour)]
        found: Found = {}
        for name, series in metric_data(self.cloud, [*queries, *self._own()], first * MINUTE, last * MINUTE).items():
            side, _, metric = name.partition("_")
            found |= {(side, metric, at // MINUTE): value for at, value in series.items()}
        return found

    def _queries(self, side: str, colour: Colour) -> Iterable[dict[str, Any]]:
        rank = f"PR(:{self.spec.latency_objective:g})"
        wanted = {
            REQUESTS: ("RequestCount", "Sum"),
            **{name: (metric, "Sum") for name, metric in WELL.items()},
            ERRORS: ("HTTPCode_Target_5XX_Count", "Sum"),
            FAST: ("TargetResponseTime", rank),
            HEALTHY: ("HealthyHostCount", "Maximum"),
        }
        for name, (metric, statistic) in wanted.items():
            yield self._query(f"{side}_{name}", metric, statistic, TargetGroup=colour.metric)

    def _own(self) -> Iterable[dict[str, Any]]:
        for name, metric in OWN.items():
            yield self._query(f"{BALANCER}_{name}", metric, "Sum")

    def _query(self, name: str, metric: str, statistic: str, **more: str) -> dict[str, Any]:
        pairs = {"LoadBalancer": self.spec.load_balancer, **more}
        dimensions = [{"Name": key, "Value": value} for key, value in pairs.items()]
        told = {"Namespace": NAMESPACE, "MetricName": metric, "Dimensions": dimensions}
        return {"Id": name, "MetricStat": {"Metric": told, "Period": MINUTE, "Stat": statistic}}

    def _lost(self, minutes: range, found: Found) -> dict[tuple[str, int], Lost]:
        sides = ["candidate"] if self.mixed else list(self.sides)
        # With nothing to compare with, clients that went away are no evidence against the one version there is.
        own = [FAILED] if self.mixed else list(OWN)
        unanswered = Unanswered(sides, self.spec.latency_objective)
        lost: dict[tuple[str, int], Lost] = {}
        for minute in minutes:
            told = {side: known for side in sides if (known := _side(side, minute, found))}
            ended = total(found.get((BALANCER, name, minute)) for name in own)
            slow = 1 - found.get(("stable", FAST, minute), WHOLE) / WHOLE
            newest = minute == minutes[-1]
            lost |= {(side, minute): one for side, one in unanswered.add(told, ended, slow, newest=newest).items()}
        return lost

    def _sample(self, minute: int, found: Found, lost: dict[tuple[str, int], Lost]) -> Sample:
        sides = {side: _counts(side, minute, found, lost.get((side, minute), Lost())) for side in self.sides}
        if self.mixed and sides["candidate"]:
            sides["stable"] = dict(NONE)
        told = any((side, HEALTHY, minute) in found for side in sides)
        if self.idle or told or any(sides.values()):  # a load balancer counts no requests of a side that had none
            sides = {side: counts or dict(NONE) for side, counts in sides.items()}
        return {"minute": minute, **sides}


def _side(side: str, minute: int, found: Found) -> Side | None:
    """Return what a side received and answered; a counter that went backwards is no number of requests."""
    requests = found.get((side, REQUESTS, minute), 0.0)
    return Side(requests, _answers(side, minute, found)) if requests >= 0 else None


def _answers(side: str, minute: int, found: Found) -> float:
    return total(found.get((side, name, minute)) for name in (*WELL, ERRORS))


def _counts(side: str, minute: int, found: Found, lost: Lost) -> Counts | None:
    requests = found.get((side, REQUESTS, minute), 0.0 if lost.late or lost.failed else None)
    if requests is None:
        return None
    fast = found.get((side, FAST, minute), WHOLE)
    return {
        REQUESTS: int(requests),
        ERRORS: int(found.get((side, ERRORS, minute), 0)) + lost.failed,
        "slow": round(_answers(side, minute, found) * (1 - fast / WHOLE)) + lost.late,
    }
