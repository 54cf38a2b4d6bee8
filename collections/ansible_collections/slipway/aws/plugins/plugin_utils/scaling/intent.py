"""What somebody wants of scaling, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..canary.numbers import CanaryError, known, number, whole

FILTER = "scaling_targets"
#: Tasks that an ECS service may have by AWS's default quota.
MOST_TASKS = 5000


@dataclass(frozen=True)
class Intent:
    """What somebody wants of scaling.

    Attributes:
        minimum: tasks at least; maximum: at most.
        requests: a second that one task carries within the latency objective; 0 when nobody has measured it.
        objective: per cent of the minutes in which chance alone must not overload the tasks.
        headroom: per cent by which load may grow in ten minutes without overload.
        spin_up: seconds from the order of a task until it takes requests.
        cpu_out: per cent of CPU at which tasks are added; cpu_in: below which they go. While `requests` are not known.
        cpu_guard: per cent of CPU at which tasks are added where `requests` decide.
        memory: per cent of memory at which tasks are added.
        out_minutes: in a row above the limit before tasks are added; in_minutes: with spare tasks before they go.
    """

    minimum: int = 2
    maximum: int = 10
    requests: float = 0
    objective: float = 99.9
    headroom: float = 20
    spin_up: float = 90
    cpu_out: float = 70
    cpu_in: float = 30
    cpu_guard: float = 90
    memory: float = 80
    out_minutes: int = 1
    in_minutes: int = 5


BOUNDS: dict[str, tuple[float, float]] = {
    "minimum": (0, MOST_TASKS),
    "maximum": (1, MOST_TASKS),
    "requests": (0, 1e6),
    "objective": (50, 99.9999),
    "headroom": (0, 900),
    "spin_up": (0, 3600),
    "cpu_out": (1, 100),
    "cpu_in": (1, 100),
    "cpu_guard": (1, 100),
    "memory": (1, 100),
    "out_minutes": (1, 60),
    "in_minutes": (1, 60),
}
WHOLE = ("minimum", "maximum", "out_minutes", "in_minutes")


def intent(declared: Mapping[str, Any], called: str = FILTER + ": {}") -> Intent:
    """Return an intent from data.

    Args:
        declared: what somebody wants, by name.
        called: what messages call a name, which stands in place of ``{}``.

    Raises:
        CanaryError: a key is unknown, or a number is outside of what is allowed.
    """
    known(FILTER, declared, BOUNDS)
    merged = asdict(Intent()) | dict(declared)
    checked: dict[str, Any] = {name: _checked(name, value, called) for name, value in merged.items()}
    found = Intent(**checked)
    _check_together(found, called)
    return found


def _check_together(found: Intent, called: str) -> None:
    other = called.rpartition(" ")[2]
    if found.minimum > found.maximum:
        least, most = called.format("minimum"), other.format("maximum")
        raise CanaryError(f"{least} is {found.minimum}, above {most}, which is {found.maximum}")
    if found.cpu_in * 2 >= found.cpu_out:
        raise CanaryError(
            f"{called.format('cpu_in')} is {found.cpu_in:g}; below half of {other.format('cpu_out')}"
            f" ({found.cpu_out:g}) is allowed, since the load of two tasks is twice that of each on one"
        )


def _checked(name: str, value: Any, called: str) -> float:
    low, high = BOUNDS[name]
    where = called.format(name)
    return whole(where, value, int(low), int(high)) if name in WHOLE else number(where, value, low, high)
