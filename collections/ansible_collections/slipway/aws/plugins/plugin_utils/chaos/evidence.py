"""What the load balancer counted of a service: its own evidence of how it is, by the same measure as a release's.

What no target was found for (503) is told of all that the load balancer carries, and of no target group.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..cloud import Cloud
from ..release.counted import BALANCER, ERRORS, MINUTE, REQUESTS, Counted, Found, counts
from ..release.unanswered import Lost

#: Seconds after its end at which a minute's metrics are expected.
DELAY = 60
UNTARGETED = "untargeted"
#: What the load balancer answers in the place of a target that was found.
IN_PLACE = {"broken": "HTTPCode_ELB_502_Count", "overdue": "HTTPCode_ELB_504_Count"}
OWN = {UNTARGETED: "HTTPCode_ELB_503_Count", **IN_PLACE}


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
        requests: that came.
        errors: of them, 5xx, whoever answered.
        slow: of them, later than the objective's seconds, or without an answer.
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
    first, last = int(since // MINUTE), -int(-until // MINUTE)
    if last <= first:
        return []
    counted, groups = Counted(place.load_balancer, place.seconds, alone=True), _groups(place)
    queries = (query for name, group in groups.items() for query in counted.of_group(name, group))
    found = counted.values(cloud, [*queries, *counted.own(OWN)], first, last)
    # In a minute of which all is not told yet, requests without answers are no evidence.
    told = range(first, min(last, int((cloud.time() - DELAY) // MINUTE)))
    lost = counted.lost(found, told, list(groups), groups, IN_PLACE)
    minutes = (_minute(at, groups, found, lost) for at in range(first, last))
    return [minute for minute in minutes if minute.requests]


def _groups(place: Place) -> dict[str, str]:
    return {f"group{number}": group for number, group in enumerate(place.target_groups)}


def _minute(at: int, groups: Mapping[str, str], found: Found, lost: Mapping[tuple[str, int], Lost]) -> Minute:
    untargeted = int(found.get((BALANCER, UNTARGETED, at), 0))
    total = Counter({REQUESTS: untargeted, ERRORS: untargeted})
    for group in groups:
        total.update(counts(group, at, found, lost.get((group, at), Lost())) or {})
    # An answer may be told a minute after its request.
    requests = max(total[REQUESTS], total[ERRORS], total["slow"])
    return Minute(at * MINUTE, requests, total[ERRORS], total["slow"])


def summed(minutes: Sequence[Minute]) -> dict[str, int]:
    """Return the requests, errors and slow answers of some minutes together."""
    return {name: sum(getattr(one, name) for one in minutes) for name in ("requests", "errors", "slow")}
