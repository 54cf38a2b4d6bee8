"""What reads answered before the last writes: the old state that an eventually consistent API may go on showing."""

from __future__ import annotations

import json
import threading
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.control.overlay import Refused
from rehearsal.control.wire import Wire
from rehearsal.world import World

Answer = tuple[int, dict[str, str], bytes]
#: Services whose reads show every write at once.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
CONSISTENT = frozenset({"s3", "sts"})


@dataclass
class Seen:
    """An answer, or the refusal that was given instead, and when (virtual)."""

    at: float
    answer: Answer | Refused


class Memory:
    """Remembers what reads answered.

    Args:
        world: has the clock and the faults.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self._writes: dict[str, list[float]] = defaultdict(list)
        self._seen: dict[str, Seen] = {}
        self._lock = threading.Lock()

    def written(self, service: str) -> None:
        """Note that something of a service is about to change."""
        if self.world.faults.may_be_stale:
            with self._lock:
                self._writes[service].append(self.world.clock.now())

    def read(self, wire: Wire, execute: Callable[[], Answer]) -> Answer:
        """Return an answer: by chance the one from before the last writes, while they are recent, else the newest."""
        if wire.service in CONSISTENT or wire.params.get("ConsistentRead"):
            return execute()
        signature = json.dumps([wire.service, wire.operation, wire.region, wire.params], sort_keys=True, default=str)
        old = self._outdated(wire, signature)
        if old and self.world.clock.now() - old[1] < self.world.faults.stale_for(wire.service, wire.operation):
            return _given(old[0].answer)
        fresh = self._fresh(execute)
        with self._lock:
            if not old or self.world.clock.now() - old[1] > self._longest():
                self._seen[signature] = fresh
        return _given(fresh.answer)

    def _outdated(self, wire: Wire, signature: str) -> tuple[Seen, float] | None:
        """Return what was seen before the service was written to, and when that write was."""
        with self._lock:
            seen, writes = self._seen.get(signature), self._writes[wire.service]
            place = bisect_right(writes, seen.at) if seen else len(writes)
            return (seen, writes[place]) if seen and place < len(writes) else None

    def _longest(self) -> float:
        return max((fault.seconds for fault in self.world.faults.orders), default=0.0)

    def _fresh(self, execute: Callable[[], Answer]) -> Seen:
        begun = self.world.clock.now()
        try:
            return Seen(begun, execute())
        except Refused as refused:
            return Seen(begun, refused)


def _given(answer: Answer | Refused) -> Answer:
    if isinstance(answer, Refused):
        raise answer
    return answer
