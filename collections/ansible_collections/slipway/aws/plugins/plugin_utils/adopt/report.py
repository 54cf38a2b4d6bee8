"""What the next run does to what was taken over, and what would be better."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..drift import row, short
from ..outcome import CHANGED, CREATED
from .risks import KNOWN, MEANING, NEW, RISKS, Improvement

Finding = Mapping[str, Any]


def touched(findings: Iterable[Finding]) -> list[Finding]:
    """Return what the next run would change of what stands: whatever it does not make, or makes in the way of it."""
    changed = (one for one in findings if one["action"] in CHANGED)
    return [one for one in changed if one["action"] != CREATED or (one["type"], NEW) in KNOWN]


def made(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many resources the next run makes beside what stands, by component."""
    counted: dict[str, int] = {}
    for one in findings:
        if one["action"] == CREATED and (one["type"], NEW) not in KNOWN:
            counted[one["host"]] = counted.get(one["host"], 0) + 1
    return dict(sorted(counted.items()))


def taken_over(adopted: Mapping[str, Any]) -> int:
    """Return how many resources were taken over."""
    return sum(not entry.get("leave") for entries in adopted.values() for entry in entries.values())


def lines(findings: Sequence[Finding], improved: Sequence[Improvement], adopted: Mapping[str, Any]) -> list[str]:
    """Return the result in a few sentences."""
    changed, new = touched(findings), made(findings)
    names = ", ".join(f"{one['host']} {one['type']}.{one['name']} ({one['action']})" for one in changed)
    counts = [f"{risk} {sum(one.risk == risk for one in improved)}" for risk in RISKS]
    beside = ", ".join(f"{name} {number}" for name, number in new.items()) or "none"
    return [
        f"{taken_over(adopted)} resources are taken over; the next run changes "
        + (f"{len(changed)} of what stands: {names}" if changed else "nothing of what stands"),
        f"{sum(new.values())} resources come new beside them: {beside}",
        f"{len(improved)} things would be better, by risk: {', '.join(counts)}",
    ]


def markdown(
    environment: str, findings: Sequence[Finding], improved: Sequence[Improvement], adopted: Mapping[str, Any]
) -> str:
    """Return the report for people."""
    told = [f"# Adoption of {environment}", "", *(f"- {line}." for line in lines(findings, improved, adopted)), ""]
    for risk in RISKS:
        told += list(_table(risk, [one for one in improved if one.risk == risk]))
    return "\n".join(told)


def _table(risk: str, improved: Sequence[Improvement]) -> Iterator[str]:
    if not improved:
        return
    yield from (f"## {risk}: {MEANING[risk]}", "")
    yield from ("| component | resource | property | is | would be | |", "| --- | --- | --- | --- | --- | --- |")
    for one in improved:
        values = ("", "") if one.what == NEW else (short(one.before), short(one.after))
        yield row(one.component, f"`{one.resource}`", one.what, *values, one.why)
    yield ""
