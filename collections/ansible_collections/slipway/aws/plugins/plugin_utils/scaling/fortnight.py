"""What a service used, period by period: samples as CloudWatch has them, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from ..canary.numbers import CanaryError, known, number

FILTER = "right_size"
FIELDS = ("cpu", "memory", "requests", "tasks")
#: CPU units of a vCPU.
VCPU = 1024


@dataclass(frozen=True)
class Sample:
    """One period.

    Attributes:
        cpu: used by all tasks, in CPU units; memory: of the task that used most, in MiB; requests: a second;
            tasks: there.
    """

    cpu: float
    memory: float
    requests: float
    tasks: float


def samples(given: Any, cpu: int, memory: int, seconds: float) -> list[Sample]:
    """Return the periods of which everything is known and in which tasks ran.

    Args:
        given: dictionaries with ``cpu`` (average per cent), ``memory`` (maximum per cent), ``requests`` (sum) and
            ``tasks`` (average); a value that is missing is ``None``.
        cpu: units of a task.
        memory: MiB of a task.
        seconds: of a period.

    Raises:
        CanaryError: it is no such list.
    """
    if not isinstance(given, list | tuple):
        raise CanaryError(f"{FILTER}: samples is {given!r}; a list of samples is allowed")
    whole = [one for one in map(_checked, range(len(given)), given) if None not in one.values() and one["tasks"]]
    return [
        Sample(
            one["cpu"] / 100 * one["tasks"] * cpu, one["memory"] / 100 * memory, one["requests"] / seconds, one["tasks"]
        )
        for one in whole
    ]


def _checked(place: int, given: Mapping[str, Any]) -> dict[str, Any]:
    where = f"{FILTER}: samples[{place}]"
    known(where, given, FIELDS)
    given = {name: given.get(name) for name in FIELDS}
    most = {"cpu": 200.0, "memory": 200.0}
    return {
        name: value if value is None else number(f"{where}.{name}", value, 0, most.get(name, 1e12))
        for name, value in given.items()
    }


def highest(values: Sequence[float], share: float = 1.0) -> float:
    """Return the value that ``share`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def carries(found: Sequence[Sample], cpu: int, use: float) -> float:
    """Return the requests a second at which a task of so many CPU units has used the share ``use`` of them.

    From the periods with most requests: in quiet ones what a task does without requests weighs too much.
    """
    busy = sorted(found, key=lambda one: one.requests)[-max(1, len(found) // 10) :]
    spent, requests = sum(one.cpu for one in busy), sum(one.requests for one in busy)
    return cpu * use * requests / spent if spent and requests else 0.0
