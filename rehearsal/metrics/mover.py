"""CloudWatch made to move: collects metrics and evaluates alarms, minute by virtual minute."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from rehearsal.loop import Loop
from rehearsal.metrics.collecting import Counts, Sample, counts_of_services, hosts, usage
from rehearsal.metrics.collecting_certificates import certificates
from rehearsal.metrics.collecting_databases import Databases
from rehearsal.metrics.evaluation import ALARM
from rehearsal.metrics.kept import alarms, lock, metrics, moment, regions
from rehearsal.metrics.store import MINUTE
from rehearsal.metrics.watching import watch
from rehearsal.world import World

LOG = logging.getLogger(__name__)
#: Virtual seconds between evaluations of the alarms with the shortest periods.
TICK = 10
#: Real seconds between rounds, at least, and between looks at processes, which cost more.
SHORTEST, LOOKS_EVERY = 0.1, 2.0
#: Virtual seconds that are caught up with, at most, when the machine was too busy.
FURTHEST_BACK = 3600


class MetricsMover:
    """CloudWatch by itself.

    Args:
        world: the local cloud.
    """

    name = "metrics"

    def __init__(self, world: World) -> None:
        self.world = world
        self.store = metrics(world)
        self._quick: list[Callable[[], Iterable[Sample]]] = []
        self._slow: list[Callable[[], Iterable[Sample]]] = []
        self._looked: list[Sample] = []
        self._looked_at = 0.0
        self._done = int(world.clock.now()) // TICK * TICK
        self._loop = Loop("metrics", self._round, lambda: max(SHORTEST, world.clock.real(TICK)))

    def start(self) -> None:
        """Begin to collect and to evaluate."""
        edge, tasks, databases = (self.world.movers.get(name) for name in ("edge", "tasks", "databases"))
        if edge is not None:
            edge.on_stats.append(Counts(self.world).take)  # type: ignore[attr-defined]  # only the edge has it
            self._quick.append(lambda: hosts(self.world, edge))
        if tasks is not None:
            self._quick.append(lambda: counts_of_services(self.world, tasks))
            self._slow.append(lambda: usage(tasks))
        if databases is not None:
            self._slow.append(Databases(self.world, databases).samples)
        self._slow.append(lambda: certificates(self.world))
        self._loop.start()

    def changed(self, service: str, operation: str) -> None:
        """Take no note: the hooks of CloudWatch act themselves."""
        del service, operation

    def stop(self) -> None:
        """Act no more."""
        self._loop.stop()

    def status(self) -> list[dict[str, Any]]:
        """Return a row a region: how many alarms it has, which ring, and the time by which to ask for data."""
        rows, now = [], moment(self.world.clock.now()).isoformat(timespec="seconds")
        for region in regions(self.world):
            there = list(alarms(self.world, region).values())
            ringing = sorted(alarm.name for alarm in there if alarm.state_value == ALARM)
            if there:
                rows.append({"region": region, "alarms": len(there), "ringing": ", ".join(ringing) or "-", "time": now})
        return rows

    def _round(self) -> None:
        now = self.world.clock.now()
        first = max(self._done + TICK, int(now - FURTHEST_BACK) // TICK * TICK)
        due = list(range(first, int(now) + 1, TICK))
        if any(at % MINUTE == 0 for at in due):
            samples = list(self._samples())
        for at in due:
            if at % MINUTE == 0:
                self._put(samples, at - MINUTE)
            with lock(self.world):
                self._done = at
                watch(self.world, at)

    def _samples(self) -> Iterable[Sample]:
        if time.monotonic() - self._looked_at > LOOKS_EVERY:
            self._looked_at = time.monotonic()
            self._looked = list(_all(self._slow))
        return itertools.chain(_all(self._quick), self._looked)

    def _put(self, samples: Iterable[Sample], minute: int) -> None:
        """Put samples into a minute that is over: its services tell CloudWatch afterwards."""
        for metric, value, unit in samples:
            self.store.add(metric, minute, value, unit)


def _all(sources: Iterable[Callable[[], Iterable[Sample]]]) -> Iterable[Sample]:
    for source in sources:
        try:
            yield from list(source())
        except Exception:
            LOG.exception("metrics: a source failed")
