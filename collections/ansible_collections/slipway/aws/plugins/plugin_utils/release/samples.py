"""What both versions answered, minute by minute, as CloudWatch counted at the load balancer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..cloud import Cloud
from .counted import ERRORS, FAILED, MINUTE, OWN, REQUESTS, Counted, Counts, Found, counts
from .spec import Colour, Spec
from .unanswered import Lost

#: Seconds before a release by which it knows the service.
BEFORE = 3600
#: Told of each side that has targets, whether it has requests or not: where it is, no requests are none, and not lost.
HEALTHY = "healthy"
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
        self.counted = Counted(spec.load_balancer, spec.latency_objective)
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
        return self.counted.values(self.cloud, [*queries, *self.counted.own()], first, last)

    def _queries(self, side: str, colour: Colour) -> Iterable[dict[str, Any]]:
        yield from self.counted.of_group(side, colour.metric)
        yield self.counted.query(f"{side}_{HEALTHY}", "HealthyHostCount", "Maximum", TargetGroup=colour.metric)

    def _lost(self, minutes: range, found: Found) -> dict[tuple[str, int], Lost]:
        sides = ["candidate"] if self.mixed else list(self.sides)
        # With nothing to compare with, clients that went away are no evidence against the one version there is.
        return self.counted.lost(found, minutes, sides, sides[:1], [FAILED] if self.mixed else OWN)

    def _sample(self, minute: int, found: Found, lost: dict[tuple[str, int], Lost]) -> Sample:
        sides = {side: counts(side, minute, found, lost.get((side, minute), Lost())) for side in self.sides}
        if self.mixed and sides["candidate"]:
            sides["stable"] = dict(NONE)
        told = any((side, HEALTHY, minute) in found for side in sides)
        if self.idle or told or any(sides.values()):  # a load balancer counts no requests of a side that had none
            sides = {side: counted or dict(NONE) for side, counted in sides.items()}
        return {"minute": minute, **sides}
