"""What a verification found: one check, one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        suite: what it belongs to: a service, or a part of the platform.
        name: what holds when it is right, as a sentence.
        problem: what is wrong; empty when nothing is.
        seconds: real seconds it took.
    """

    suite: str
    name: str
    problem: str = ""
    seconds: float = 0.0


def check(suite: str, name: str, *, holds: bool, found: object) -> Check:
    """Return a check that holds, or one whose problem says what was found instead."""
    return Check(suite, name, "" if holds else f"found {found}")


def result(checks: Iterable[Check]) -> dict[str, Any]:
    """Return checks as a task's result: all of them, and a sentence for each that failed."""
    every = list(checks)
    broken = [f"{item.suite}: {item.name}: {item.problem}" for item in every if item.problem]
    return {"changed": False, "checks": [asdict(item) for item in every], "problems": broken}
