"""The hypothesis of every experiment: users get what the objectives promise, before, during and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .evidence import Minute, summed

PHASES = ("before", "during", "after")
#: Objective: the count that works against it.
AGAINST = {"availability": "errors", "latency": "slow"}
WHOLE = 100.0


@dataclass(frozen=True)
class Finding:
    """One objective in one phase.

    Attributes:
        measured: per cent of the requests that were well; ``None`` without enough of them.
        objective: per cent that are promised.
        verdict: ``held``, ``missed``, ``excepted`` (missed as declared) or ``unknown``.
    """

    phase: str
    name: str
    measured: float | None
    objective: float
    verdict: str

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return self.verdict in {"held", "excepted"}


def judge(
    phase: str, minutes: Sequence[Minute], objectives: Mapping[str, Any], exceptions: Sequence[str] = ()
) -> list[Finding]:
    """Return how each objective did in a phase.

    Args:
        phase: one of PHASES; exceptions count during the experiment only.
        minutes: of the phase.
        objectives: ``availability`` and ``latency`` in per cent, ``None`` for none, and ``requests`` below which
            nothing can be said.
        exceptions: names of objectives that need not hold while something is disturbed.
    """
    total = summed(minutes)
    enough = total["requests"] >= int(objectives["requests"])
    found = []
    for name, count in AGAINST.items():
        if objectives.get(name) is None:
            continue
        measured = round(WHOLE * (1 - total[count] / total["requests"]), 3) if enough else None
        excepted = phase == "during" and name in exceptions
        verdict = _verdict(measured, float(objectives[name]), excepted=excepted)
        found.append(Finding(phase, name, measured, float(objectives[name]), verdict))
    return found


def _verdict(measured: float | None, objective: float, *, excepted: bool) -> str:
    if measured is None:
        return "unknown"
    if measured >= objective:
        return "held"
    return "excepted" if excepted else "missed"


def too_bad(minutes: Sequence[Minute], objectives: Mapping[str, Any], percent: float) -> str:
    """Return why an experiment must end at once, empty when it may go on.

    Args:
        minutes: since it began.
        objectives: as for :func:`judge`.
        percent: of the requests that may fail, and that may be slow.
    """
    total = summed(minutes)
    if total["requests"] < int(objectives["requests"]):
        return ""
    for name, count in AGAINST.items():
        share = WHOLE * total[count] / total["requests"]
        if objectives.get(name) is not None and share > percent:
            return f"{share:.1f} % of {total['requests']} requests are {count}, stop_percent is {percent:g}"
    return ""


def problem(finding: Finding, requests: int) -> str:
    """Return a finding that is not good as a sentence."""
    if finding.measured is None:
        return f"{finding.name} {finding.phase}: {requests} requests are too few to judge by; send more"
    told = f"{finding.measured:g} % of {requests} requests"
    return f"{finding.name} {finding.phase}: {told}, promised are {finding.objective:g} %"


def shown(finding: Finding) -> dict[str, Any]:
    """Return a finding as the report has it."""
    return {**asdict(finding), "good": finding.good}
