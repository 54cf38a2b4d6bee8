"""What the load balancer counted of target groups: the one measure of releases, A/B experiments and chaos.

Requests, answers by their status and percentile rank of the response time by target group, and what the load balancer
answered itself: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
and https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..cloud import Cloud
from ..metric_data import metric_data
from .unanswered import Lost, Side, Unanswered, total

MINUTE = 60
NAMESPACE = "AWS/ApplicationELB"
WHOLE = 100.0
REQUESTS, ERRORS, FAST = "requests", "errors", "fast"
#: Answers of the targets that are no errors, by status.
WELL = {f"answers_{status}": f"HTTPCode_Target_{status}XX_Count" for status in (2, 3, 4)}
#: Answers that the load balancer made itself, for all that it carries; 4xx has the clients that went away (460).
BALANCER, REJECTED, FAILED = "balancer", "rejected", "failed"
OWN = {REJECTED: "HTTPCode_ELB_4XX_Count", FAILED: "HTTPCode_ELB_5XX_Count"}
#: By side, metric and number of the period since 1970.
Found = dict[tuple[str, str, int], float]
Counts = dict[str, int]


@dataclass(frozen=True)
class Counted:
    """Asks for what was counted.

    Attributes:
        load_balancer: as CloudWatch's dimension names it.
        objective: seconds; what takes longer is slow.
        period: seconds of one data point.
        alone: see :class:`.unanswered.Unanswered`.
    """

    load_balancer: str
    objective: float
    period: int = MINUTE
    alone: bool = False

    def of_group(self, side: str, target_group: str) -> Iterator[dict[str, Any]]:
        """Yield the queries about a target group, which is named as its dimension; no ``_`` in the side's name."""
        wanted = {
            REQUESTS: ("RequestCount", "Sum"),
            **{name: (metric, "Sum") for name, metric in WELL.items()},
            ERRORS: ("HTTPCode_Target_5XX_Count", "Sum"),
            FAST: ("TargetResponseTime", f"PR(:{self.objective:g})"),
        }
        for name, (metric, statistic) in wanted.items():
            yield self.query(f"{side}_{name}", metric, statistic, TargetGroup=target_group)

    def own(self, wanted: Mapping[str, str] = OWN) -> Iterator[dict[str, Any]]:
        """Yield the queries about what the load balancer answered itself."""
        for name, metric in wanted.items():
            yield self.query(f"{BALANCER}_{name}", metric, "Sum")

    def query(self, name: str, metric: str, statistic: str, **more: str) -> dict[str, Any]:
        """Return a query about the load balancer, or about a part of it."""
        pairs = {"LoadBalancer": self.load_balancer, **more}
        dimensions = [{"Name": key, "Value": value} for key, value in pairs.items()]
        told = {"Namespace": NAMESPACE, "MetricName": metric, "Dimensions": dimensions}
        return {"Id": name, "MetricStat": {"Metric": told, "Period": self.period, "Stat": statistic}}

    def values(self, cloud: Cloud, queries: Iterable[dict[str, Any]], first: int, last: int) -> Found:
        """Return what was counted from one period up to another one."""
        found: Found = {}
        for name, series in metric_data(cloud, queries, first * self.period, last * self.period).items():
            side, _, metric = name.partition("_")
            found |= {(side, metric, at // self.period): value for at, value in series.items()}
        return found

    def lost(
        self, found: Found, periods: Sequence[int], sides: Sequence[str], usual: Iterable[str], own: Iterable[str]
    ) -> dict[tuple[str, int], Lost]:
        """Return by side and period the requests that have no answer.

        Args:
            found: what was counted.
            periods: one after the other, of which the metrics are there.
            sides: that have target groups of their own.
            usual: those of them whose slowness is none of a version's fault.
            own: names of the load balancer's answers that were given in place of a target's.
        """
        unanswered = Unanswered(sides, self.objective, self.period, alone=self.alone)
        slow_sides, ended_by = list(usual), list(own)
        lost: dict[tuple[str, int], Lost] = {}
        for at in periods:
            told = {side: known for side in sides if (known := _side(side, at, found))}
            ended = total(found.get((BALANCER, name, at)) for name in ended_by)
            slow = max(1 - found.get((side, FAST, at), WHOLE) / WHOLE for side in slow_sides)
            over = unanswered.add(told, ended, slow, newest=at == periods[-1])
            lost |= {(side, at): one for side, one in over.items()}
        return lost


def counts(side: str, at: int, found: Found, lost: Lost) -> Counts | None:
    """Return the requests of a side in a period, those that failed and those that were slow; ``None``: nothing told."""
    requests = found.get((side, REQUESTS, at), 0.0 if lost.late or lost.failed else None)
    if requests is None:
        return None
    fast = found.get((side, FAST, at), WHOLE)
    return {
        REQUESTS: int(requests),
        ERRORS: int(found.get((side, ERRORS, at), 0)) + lost.failed,
        "slow": round(_answers(side, at, found) * (1 - fast / WHOLE)) + lost.late,
    }


def _side(side: str, at: int, found: Found) -> Side | None:
    """Return what a side received and answered; a counter that went backwards is no number of requests."""
    requests = found.get((side, REQUESTS, at), 0.0)
    return Side(requests, _answers(side, at, found)) if requests >= 0 else None


def _answers(side: str, at: int, found: Found) -> float:
    return total(found.get((side, name, at)) for name in (*WELL, ERRORS))
