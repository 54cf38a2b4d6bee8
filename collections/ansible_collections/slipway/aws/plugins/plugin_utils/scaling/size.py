"""Task size and number from what a service used in a fortnight, with the saving a month."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any, NamedTuple

from ..canary.numbers import CanaryError, number, whole
from ..inputs import FARGATE_MEMORY
from .fortnight import FILTER, VCPU, Sample, carries, highest, samples

GIB, MONTH_HOURS, DAY = 1024, 730, 24 * 3600
#: Dollars an hour in us-east-1 of a vCPU and a GiB: list prices, see roles/bill/files/prices.yml.
#: Other regions differ by a factor, so which size is cheapest does not.
PRICES = {"X86_64": (0.04048, 0.004445), "ARM64": (0.03238, 0.00356)}
#: Memory is given this many times what the hungriest task ever used.
MEMORY_ROOM = 1.25
#: A task is never made smaller than a part of what it is, since a single request would take that much longer.
SMALLEST_PART = 2
#: The most tasks are this many times what the busiest period needed; a size changes for this many per cent at least.
ROOM_ABOVE, WORTH = 2.0, 5.0


class Size(NamedTuple):
    """CPU units and MiB of a task."""

    cpu: int
    memory: int


def right_size(  # noqa: PLR0913, PLR0917  a filter has what a template gives it
    given: Any,
    cpu: int,
    memory: int,
    minimum: int = 2,
    use: float = 70,
    seconds: float = 300,
    architecture: str = "X86_64",
    least_days: float = 7,
) -> dict[str, Any]:
    """Return the size and the numbers of tasks that would have carried a fortnight at the least price.

    Args:
        given: samples, see :func:`.fortnight.samples`.
        cpu: units of a task now.
        memory: MiB of a task now.
        minimum: tasks that there must be, for what the load does not say, e.g. two zones.
        use: per cent of CPU up to which tasks are used.
        seconds: of a sample's period.
        architecture: ``X86_64`` or ``ARM64``.
        least_days: of metrics that there must be; fewer than a week say nothing about a weekend.

    Returns:
        ``enough``: whether there were days enough; ``size`` with ``cpu`` and ``memory``, ``minimum``, ``maximum``,
        ``requests`` a second that one such task carries, dollars a month ``now`` and ``then``, their difference
        ``saving``, and ``reasons``.

    Raises:
        CanaryError: an argument is not allowed.
    """
    size, least = _checked(cpu, memory), whole(f"{FILTER}: minimum", minimum, 0, 5000)
    share, period = number(f"{FILTER}: use", use, 10, 95) / 100, number(f"{FILTER}: seconds", seconds, 60, DAY)
    if architecture not in PRICES:
        raise CanaryError(f"{FILTER}: architecture is {architecture!r}; allowed are {', '.join(PRICES)}")
    found = samples(given, size.cpu, size.memory, period)
    days = len(found) * period / DAY
    if days < least_days or not found:
        text = f"There are {days:.1f} days of metrics; a proposal needs {least_days:g}."
        return {"enough": False, "size": size._asdict(), "saving": 0.0, "reasons": [text]}
    return _proposal(found, size, max(1, least), share, PRICES[architecture])


def _checked(cpu: int, memory: int) -> Size:
    if memory not in FARGATE_MEMORY.get(cpu, []):
        raise CanaryError(f"{FILTER}: cpu {cpu!r} with memory {memory!r} is no size that Fargate offers")
    return Size(cpu, memory)


def _proposal(
    found: Sequence[Sample], size: Size, least: int, use: float, prices: tuple[float, float]
) -> dict[str, Any]:
    needed = MEMORY_ROOM * highest([one.memory for one in found])
    now = sum(one.tasks for one in found) / len(found) * _price(size, prices)
    fits = size.memory >= needed
    choices = [*_sizes(size, needed), *([size] if fits else [])]
    dollars = {each: _monthly(found, each, least, use, prices) for each in choices}
    best = min(dollars, key=lambda each: (dollars[each], each))
    if fits and dollars[best] > dollars[size] * (1 - WORTH / 100):
        best = size
    busiest = _tasks(max(one.cpu for one in found), best, least, use)
    return {
        "enough": True,
        "size": best._asdict(),
        "minimum": least,
        "maximum": max(least + 1, ceil(ROOM_ABOVE * busiest)),
        "requests": round(carries(found, best.cpu, 1.0), 1),
        "now": round(now, 2),
        "then": round(dollars[best], 2),
        "saving": round(now - dollars[best], 2),
        "reasons": _reasons(found, size, best, needed, fits=fits),
    }


def _sizes(size: Size, needed: float) -> list[Size]:
    """Return the sizes to choose among: with memory enough, and no smaller than half of the present one."""
    return [
        Size(cpu, next(memory for memory in offered if memory >= needed))
        for cpu, offered in FARGATE_MEMORY.items()
        if cpu * SMALLEST_PART >= size.cpu and offered[-1] >= needed
    ]


def _price(size: Size, prices: tuple[float, float]) -> float:
    """Return dollars a month of one task."""
    return MONTH_HOURS * (size.cpu / VCPU * prices[0] + size.memory / GIB * prices[1])


def _tasks(cpu: float, size: Size, least: int, use: float) -> int:
    return max(least, ceil(cpu / size.cpu / use))


def _monthly(found: Sequence[Sample], size: Size, least: int, use: float, prices: tuple[float, float]) -> float:
    """Return dollars a month of as many tasks as each period needs."""
    tasks = sum(_tasks(one.cpu, size, least, use) for one in found) / len(found)
    return tasks * _price(size, prices)


def _reasons(found: Sequence[Sample], size: Size, best: Size, needed: float, *, fits: bool) -> list[str]:
    cpu, tasks = [one.cpu / one.tasks / size.cpu * 100 for one in found], [one.tasks for one in found]
    told = [
        (
            f"Tasks of {size.cpu} units and {size.memory} MiB used {sum(cpu) / len(cpu):.0f} % of CPU on average and"
            f" {highest(cpu, 0.99):.0f} % or less in 99 of 100 periods; there were"
            f" {sum(tasks) / len(tasks):.1f} of them."
        ),
        f"The hungriest used {needed / MEMORY_ROOM:.0f} MiB; {needed:.0f} are asked for, with a quarter on top.",
    ]
    if not fits:
        told.append(f"{size.memory} MiB are not enough for that.")
    if best == size:
        return [*told, "No other size is cheaper by enough; only the number of tasks changes."]
    return [*told, f"{best.cpu} units and {best.memory} MiB carry the same load at the least price."]
