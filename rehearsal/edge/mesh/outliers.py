"""Which tasks a proxy leaves alone for a while, since connections to them failed.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence

from rehearsal.clock import Clock
from rehearsal.edge.mesh.routes import Target

#: So many failed connections within so many virtual seconds put a task out, for so long and at most so long.
FAILURES, WITHIN = 5, 30.0
SHORTEST, LONGEST = 30.0, 300.0


class Outliers:
    """What one proxy remembers of the tasks that it calls.

    Args:
        clock: virtual time.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._failed: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=FAILURES))
        self._until: dict[str, float] = {}
        self._times: defaultdict[str, int] = defaultdict(int)

    def failed(self, target: Target) -> None:
        """Take note of a connection that did not come about."""
        now, failures = self.clock.now(), self._failed[target.id]
        failures.append(now)
        if len(failures) == FAILURES and now - failures[0] <= WITHIN:
            self._times[target.id] += 1
            self._until[target.id] = now + min(LONGEST, SHORTEST * self._times[target.id])
            failures.clear()

    def left(self, targets: Sequence[Target]) -> list[Target]:
        """Return those that are not put out; all of them when all are."""
        now = self.clock.now()
        return [one for one in targets if self._until.get(one.id, 0.0) <= now] or list(targets)
