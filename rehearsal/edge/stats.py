"""What the data plane counts, by the names of CloudWatch's metrics, until it is fetched.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from rehearsal.metrics.histogram import Histogram

#: Load balancer and target group, by their values of CloudWatch's dimensions; the group is empty for the former alone.
Place = tuple[str, str]
#: Region and cluster of a call within the mesh, the services that made and got it, and the latter's discovery name.
Called = tuple[str, str, str, str, str]


#: Requests of which a report has what WAF logs.
MOST_LOGGED = 100


class Stats:
    """Counts and response times since the last fetch."""

    def __init__(self) -> None:
        self.active: Counter[str] = Counter()
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._times: defaultdict[Place, Histogram] = defaultdict(Histogram)
        self._blocked: Counter[tuple[str, str, str]] = Counter()
        self._log: list[dict[str, Any]] = []
        self._access: list[dict[str, str]] = []
        self._meshed: Counter[tuple[str, ...]] = Counter()
        self._mesh_times: defaultdict[Called, Histogram] = defaultdict(Histogram)

    def count(self, balancer: str, metric: str, number: int = 1) -> None:
        """Count something of a load balancer."""
        self._counts[balancer, "", metric] += number

    def count_both(self, balancer: str, group: str, metric: str) -> None:
        """Count something of a target group, and of its load balancer."""
        self._counts[balancer, "", metric] += 1
        self._counts[balancer, group, metric] += 1

    def answered(self, balancer: str, group: str, status: int, seconds: float) -> None:
        """Count a target's answer and the seconds until its head came."""
        self.count_both(balancer, group, f"HTTPCode_Target_{status // 100}XX_Count")
        self._times[balancer, ""].add(seconds)
        self._times[balancer, group].add(seconds)

    def failed(self, balancer: str, status: int) -> None:
        """Count an error of the load balancer's own."""
        self.count(balancer, f"HTTPCode_ELB_{status // 100}XX_Count")
        if status in {500, 502, 503, 504}:
            self.count(balancer, f"HTTPCode_ELB_{status}_Count")

    def judged(self, acl: str, rule: str, metric: str) -> None:
        """Count what a rule of a web ACL did with a request."""
        self._blocked[acl, rule, metric] += 1

    def logged(self, record: dict[str, Any]) -> None:
        """Keep what a web ACL did with a request; the first ones of a report, so that no load floods the log."""
        if len(self._log) < MOST_LOGGED:
            self._log.append(record)

    def accessed(self, record: dict[str, str]) -> None:
        """Keep a line of an API's access log; the first ones of a report, as above."""
        if len(self._access) < MOST_LOGGED:
            self._access.append(record)

    def meshed(self, place: Called, status: int, seconds: float) -> None:
        """Count a request that one service made to another, and the seconds until it was answered."""
        self._meshed[(*place, f"HTTPCode_Target_{status // 100}XX_Count")] += 1
        self._mesh_times[place].add(seconds)

    def fetch(self) -> dict[str, Any]:
        """Return everything as JSON and begin anew."""
        for balancer, number in self.active.items():
            if number:
                self._counts[balancer, "", "ActiveConnectionCount"] += number
        fetched = {
            "counts": [[*key, number] for key, number in self._counts.items()],
            "times": [[*key, times.as_list()] for key, times in self._times.items()],
            "firewall": [[*key, number] for key, number in self._blocked.items()],
            "log": self._log,
            "access": self._access,
            "meshed": [[*key, number] for key, number in self._meshed.items()],
            "mesh_times": [[*key, times.as_list()] for key, times in self._mesh_times.items()],
        }
        self._counts, self._times, self._blocked = Counter(), defaultdict(Histogram), Counter()
        self._log, self._access = [], []
        self._meshed, self._mesh_times = Counter(), defaultdict(Histogram)
        return fetched
