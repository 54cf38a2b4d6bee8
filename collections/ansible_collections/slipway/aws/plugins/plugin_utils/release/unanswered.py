"""Requests that no target has answered: what the load balancer then says itself, and what clients do not wait for.

A request counts for a target group when a target is chosen, its answer when the target gives one. A 502 or 504 of the
load balancer's own, and a client that goes away (460), count for the whole load balancer and have no response time.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MINUTE = 60
#: Requests of a side that may be open at the edge of a period, however few it has.
AT_EDGE = 3


@dataclass(frozen=True)
class Side:
    """What one side had in a minute.

    Attributes:
        requests: received.
        answers: of its targets, whatever the status.
    """

    requests: float
    answers: float


@dataclass(frozen=True)
class Lost:
    """What of a side's requests was found in a minute to have no answer.

    Attributes:
        failed: of them, those that are over.
        late: all of them, for they have waited longer than any that were answered.
    """

    failed: int = 0
    late: int = 0


class Unanswered:
    """Follows the requests of all sides through the minutes of a step, or longer periods.

    The sums since the step began are compared, not those of a minute: a request of one minute may be answered, or
    given up, in a later one. What is found once is not found again.

    Args:
        sides: names of those that have target groups of their own.
        objective: seconds in which a request is answered that is not slow.
        period: seconds of what is added at once.
        alone: the sides are held against an objective and not against each other, so that no failed request may hide
            among those that are open at any moment.
    """

    def __init__(self, sides: Sequence[str], objective: float, period: int = MINUTE, *, alone: bool = False) -> None:
        self.objective, self.period, self.alone = objective, period, alone
        self._open = dict.fromkeys(sides, 0.0)
        self._failed, self._late = dict.fromkeys(sides, 0), dict.fromkeys(sides, 0)
        self._ended = 0.0

    def add(self, minute: dict[str, Side], ended: float, slow: float, *, newest: bool) -> dict[str, Lost]:
        """Take in the next minute, and return what was found in it by side.

        Args:
            minute: of the sides that are known.
            ended: requests of all that the load balancer carries which it answered itself, or whose clients went away.
            slow: share of stable's answers that were slow, 0 to 1.
            newest: there is no later minute yet: of a side without any answer in it they may be on their way.
        """
        self._ended += ended
        over = {side: self._beyond(side, told, slow) for side, told in minute.items()}
        # Of what ended somewhere nobody knows the target group: each side has its part, as it has of what is open.
        may_have = {side: max(0.0, self._open[side]) for side in minute} if self.alone else over
        part = min(1.0, self._ended / (sum(may_have.values()) or 1))
        failed = {side: _more(self._failed, side, number * part) for side, number in may_have.items()}
        told = {side for side, one in minute.items() if one.answers or not newest}
        late = {side: _more(self._late, side, beyond) if side in told else 0 for side, beyond in over.items()}
        return {side: Lost(failed[side], late[side]) for side in over}

    def _beyond(self, side: str, told: Side, slow: float) -> float:
        """Return the open requests of a side beyond those that are open at any moment as long as all is well."""
        self._open[side] += told.requests - told.answers
        usual = AT_EDGE + told.requests * min(1.0, self.objective / self.period + slow)
        return max(0.0, self._open[side] - usual)


def _more(found: dict[str, int], side: str, number: float) -> int:
    more = max(0, int(number) - found[side])
    found[side] += more
    return more


def total(values: Iterable[float | None]) -> float:
    """Return the sum of what is known."""
    return sum(value for value in values if value is not None)
