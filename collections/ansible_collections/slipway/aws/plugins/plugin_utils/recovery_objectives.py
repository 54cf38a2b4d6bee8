"""What a drill or a failover measured, beside its objectives, and where its time went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Seconds = Mapping[str, int]


def missed(measured: Seconds, objectives: Seconds, role: str) -> Iterator[str]:
    """Yield a sentence for each objective that was missed.

    Args:
        measured: seconds by ``rto`` and ``rpo``.
        objectives: the same.
        role: whose variables set the objectives.
    """
    for name, seconds in measured.items():
        if seconds > objectives[name]:
            yield (
                f"{name.upper()} is {minutes(seconds)}, the objective {role}_{name}_minutes is"
                f" {minutes(objectives[name])}"
            )


def line(name: str, measured: Seconds, objectives: Seconds) -> str:
    """Return what was measured, of what objective."""
    return f"{name.upper()} {minutes(measured[name])} of {minutes(objectives[name])}"


def phases(named: Iterable[tuple[str, str, str]], times: Seconds) -> list[dict[str, Any]]:
    """Return ``name`` and ``seconds`` of each phase, given its name and the two times between which it lies."""
    return [{"name": name, "seconds": times[end] - times[begin]} for name, begin, end in named]


def minutes(seconds: int) -> str:
    """Return seconds as minutes and seconds, such as ``4m06s``."""
    return f"{seconds // 60}m{seconds % 60:02d}s"
