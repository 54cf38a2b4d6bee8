"""What the data plane counts, by the names of CloudWatch's metrics, until it is fetched.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from rehearsal.clock import Clock
from rehearsal.metrics.histogram import Histogram
from rehearsal.metrics.store import MINUTE

#: Load balancer and target group, by their values of CloudWatch's dimensions; the group is empty for the former alone.
Place = tuple[str, str]
#: Region and cluster of a call within the mesh, the services that made and got it, and the latter's discovery name.
Called = tuple[str, str, str, str, str]

#: Requests of which a report has what WAF logs.
MOST_LOGGED = 100


@dataclass
class Minute:
    """What was counted in a virtual minute."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    times: defaultdict[Place, Histogram] = field(default_factory=lambda: defaultdict(Histogram))
    firewall: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    meshed: Counter[tuple[str, ...]] = field(default_factory=Counter)
    mesh_times: defaultdict[Called, Histogram] = field(default_factory=lambda: defaultdict(Histogram))

    def document(self) -> dict[str, list[Any]]:
        """Return it as JSON."""
        return {
            "counts": [[*key, number] for key, number in self.counts.items()],
            "times": [[*key, data.as_list()] for key, data in self.times.items()],
            "firewall": [[*key, number] for key, number in self.firewall.items()],
            "meshed": [[*key, number] for key, number in self.meshed.items()],
            "mesh_times": [[*key, data.as_list()] for key, data in self.mesh_times.items()],
        }


class Stats:
    """Counts and response times since the last fetch, by the minute of the request and not of the fetch.

    Args:
        clock: virtual time.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._minutes: defaultdict[int, Minute] = defaultdict(Minute)
        self._log: list[dict[str, Any]] = []
        self._access: list[dict[str, str]] = []

    @property
    def _now(self) -> Minute:
        return self._minutes[int(self.clock.now() // MINUTE)]

    def connected(self, balancer: str, number: int) -> None:
        """Count the connections that a load balancer has."""
        if number:
            self.count(balancer, "ActiveConnectionCount", number)

    def count(self, balancer: str, metric: str, number: int = 1) -> None:
        """Count something of a load balancer."""
        self._now.counts[balancer, "", metric] += number

    def count_both(self, balancer: str, group: str, metric: str) -> None:
        """Count something of a target group, and of its load balancer."""
        counts = self._now.counts
        counts[balancer, "", metric] += 1
        counts[balancer, group, metric] += 1

    def answered(self, balancer: str, group: str, status: int, seconds: float) -> None:
        """Count a target's answer and the seconds until its head came."""
        self.count_both(balancer, group, f"HTTPCode_Target_{status // 100}XX_Count")
        times = self._now.times
        times[balancer, ""].add(seconds)
        times[balancer, group].add(seconds)

    def failed(self, balancer: str, status: int) -> None:
        """Count an error of the load balancer's own."""
        self.count(balancer, f"HTTPCode_ELB_{status // 100}XX_Count")
        if status in {500, 502, 503, 504}:
            self.count(balancer, f"HTTPCode_ELB_{status}_Count")

    def judged(self, acl: str, rule: str, metric: str) -> None:
        """Count what a rule of a web ACL did with a request."""
        self._now.firewall[acl, rule, metric] += 1

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
        minute = self._now
        minute.meshed[(*place, f"HTTPCode_Target_{status // 100}XX_Count")] += 1
        minute.mesh_times[place].add(seconds)

    def fetch(self) -> dict[str, Any]:
        """Return everything as JSON and begin anew."""
        minutes = [{"minute": minute, **counted.document()} for minute, counted in self._minutes.items()]
        fetched = {"minutes": minutes, "log": self._log, "access": self._access}
        self._minutes, self._log, self._access = defaultdict(Minute), [], []
        return fetched
