"""RDS's metrics, from the processes and files of the servers behind the instances."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rehearsal.metrics.collecting import Sample
from rehearsal.metrics.store import Metric
from rehearsal.world import World

RDS = "AWS/RDS"
GIB = 1024**3
TICKS, PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
#: GiB of memory by size of an instance class; those of the family r have twice as much.
SIZES = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16}
VCPUS = 2
#: Real seconds between looks at the size of the files.
WALKED_EVERY = 10.0


class Databases:
    """Looks at the servers of a mover.

    Args:
        world: the local cloud.
        mover: of the databases.
    """

    def __init__(self, world: World, mover: Any) -> None:
        self.world = world
        self.mover = mover
        self._used: dict[Any, tuple[float, float]] = {}
        self._sizes: dict[Any, tuple[float, int]] = {}
        self._credits: dict[Any, Credits] = {}

    def samples(self) -> Iterator[Sample]:
        """Yield what RDS tells of each instance that runs; one that is down tells nothing."""
        for key, one in list(self.mover.running.items()):
            instance = self.world.backend("rds", key[0]).databases.get(key[1])
            if instance is not None and one.server.alive and self.mover.available(key):
                yield from self._samples(key, instance, one.server)

    def _samples(self, key: tuple[str, str], instance: Any, server: Any) -> Iterator[Sample]:
        family = _family(server.process.pid)
        free = memory_of(instance.db_instance_class) - sum(_resident(pid) for pid in family)
        storage = int(instance.allocated_storage) * GIB - self._size(key, server.data)
        values = {
            "CPUUtilization": (self._cpu(key, family), "Percent"),
            "DatabaseConnections": (float(sum(_serves_a_client(pid) for pid in family)), "Count"),
            "FreeableMemory": (float(max(0, free)), "Bytes"),
            "FreeStorageSpace": (float(max(0, storage)), "Bytes"),
        }
        if instance.db_instance_class.startswith("db.t"):
            account = self._credits.setdefault(key, Credits(instance.db_instance_class, self.world.clock.now()))
            account.spend(values["CPUUtilization"][0], self.world.clock.now())
            values["CPUCreditBalance"] = (max(0.0, account.balance), "Count")
            values["CPUSurplusCreditBalance"] = (max(0.0, -account.balance), "Count")
        if getattr(instance, "is_replica", False):
            values["ReplicaLag"] = (0.0, "Seconds")
        for name, (value, unit) in values.items():
            yield Metric(key[0], RDS, name, (("DBInstanceIdentifier", key[1]),)), value, unit

    def _cpu(self, key: Any, family: list[int]) -> float:
        """Return per cent of the instance's CPUs since the last look; what ended meanwhile is not counted."""
        now, used = time.monotonic(), sum(_seconds(pid) for pid in family)
        then, before = self._used.get(key, (now - 1, used))
        self._used[key] = (now, used)
        return min(100.0, max(0.0, 100 * (used - before) / max(0.1, now - then) / VCPUS))

    def _size(self, key: Any, directory: Path) -> int:
        looked, size = self._sizes.get(key, (0.0, 0))
        if time.monotonic() - looked > WALKED_EVERY or not looked:
            size = sum(_length(os.path.join(top, name)) for top, _, names in os.walk(directory) for name in names)  # noqa: PTH118  quicker
            self._sizes[key] = (time.monotonic(), size)
        return size


#: Credits that a class earns an hour; one is a minute of one CPU.
#: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
EARNED = {"micro": 12, "small": 24, "medium": 24, "large": 36, "xlarge": 96}
DAY_OF_HOURS = 24


class Credits:
    """CPU credits of an instance that begins with none and borrows what it lacks.

    Args:
        instance_class: of the instance.
        now: virtual time.
    """

    def __init__(self, instance_class: str, now: float) -> None:
        self.earned = EARNED.get(instance_class.rpartition(".")[2], EARNED["xlarge"])
        self.balance, self._looked = 0.0, now

    def spend(self, cpu: float, now: float) -> None:
        """Book what was earned and spent since the last look, at a CPU in per cent; a day's earnings are the limits."""
        minutes, self._looked = (now - self._looked) / 60, now
        most = self.earned * DAY_OF_HOURS
        self.balance += minutes * (self.earned / 60 - cpu / 100 * VCPUS)
        self.balance = min(most, max(-most, self.balance))


def memory_of(instance_class: str) -> int:
    """Return the bytes of memory of an instance class, such as ``db.r6g.2xlarge``."""
    _, family, size = instance_class.split(".", 2)
    times, _, last = size.rpartition("xlarge") if size.endswith("xlarge") else ("", "", size)
    gib = SIZES["xlarge"] * int(times or 1) if size.endswith("xlarge") else SIZES.get(last, SIZES["large"])
    return gib * GIB * (2 if family.startswith("r") else 1)


def _family(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split())]
    return []


def _stat(pid: int) -> list[str]:
    """Return the fields of a process's state from the third on; none when it ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return []


def _seconds(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def _resident(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[21]) * PAGE if fields else 0


def _serves_a_client(pid: int) -> bool:
    with contextlib.suppress(OSError):
        title = Path(f"/proc/{pid}/cmdline").read_bytes()
        return b"[local]" in title and not title.startswith(b"postgres: rdsadmin ")
    return False


def _length(path: str) -> int:
    with contextlib.suppress(OSError):
        return os.path.getsize(path)  # noqa: PTH202  quicker
    return 0
