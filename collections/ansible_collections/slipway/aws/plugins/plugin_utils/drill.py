"""What a restore drill found: data that must be equal, times, and objectives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .clock import timestamp
from .recovery_objectives import line, missed, phases

Table = Mapping[str, Any]
#: What a drill spends its time on: the name, and the two times between which it lies.
PHASES = (
    ("mark and look", "begun", "moment"),
    ("wait until the moment can be restored", "moment", "restorable"),
    ("restore and attach a password", "restorable", "restored"),
    ("look at the data", "restored", "looked"),
)


@dataclass(frozen=True)
class Row:
    """One table: rows before and after the moment and in the restored database, and how they compare.

    Attributes:
        verdict: ``equal`` where the table stood still, ``between`` where it grew around the moment, else what is wrong.
    """

    table: str
    before: int | None
    restored: int | None
    after: int | None
    newest: str | None
    verdict: str

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return self.verdict in {"equal", "between"}


def compared(name: str, before: Table | None, restored: Table | None, after: Table | None) -> Row:
    """Compare one table of the restored database with what it was before and after the moment.

    Args:
        name: of the table.
        before: its rows, sum and newest time before the moment, ``None`` when it did not exist.
        restored: the same in the restored database.
        after: the same after the moment.
    """
    counts = [one["rows"] if one else None for one in (before, restored, after)]
    newest = (restored or {}).get("newest")
    return Row(name, counts[0], counts[1], counts[2], newest, _verdict(before, restored, after))


def _verdict(before: Table | None, restored: Table | None, after: Table | None) -> str:
    if before == after:
        return "equal" if restored == before else "differs, though nobody changed it around the moment"
    if restored in (before, after):
        return "between"
    if restored is None:
        return "is missing"
    low, high = (before or {}).get("newest"), (after or {}).get("newest")
    newest = restored.get("newest")
    if high is not None and (newest or "") > high:
        return "has rows from after the moment"
    if low is not None and (newest or "") < low:
        return "lacks rows from before the moment"
    return "between"


def report(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a drill found.

    Args:
        facts: ``environment``, ``instance``, ``times`` (seconds since 1970 by the names in PHASES), ``lag`` (seconds),
            ``before``, ``restored`` and ``after`` (each with ``tables`` by name and ``marks``), and ``objectives``
            (``rto`` and ``rpo``, seconds).
    """
    times = {name: int(moment) for name, moment in facts["times"].items()}
    measured = {"rto": times["looked"] - times["restorable"], "rpo": int(facts["lag"])}
    objectives = {name: int(seconds) for name, seconds in facts["objectives"].items()}
    rows = list(_rows(facts))
    problems = [*_wrong(rows, facts), *missed(measured, objectives, "restore_drill")]
    return {
        "environment": facts["environment"],
        "instance": facts["instance"],
        "moment": timestamp(times["moment"]),
        "begun": timestamp(times["begun"]),
        "measured": measured,
        "objectives": objectives,
        "phases": phases(PHASES, times),
        "tables": [asdict(row) | {"good": row.good} for row in rows],
        "problems": problems,
        "lines": [line(name, measured, objectives) for name in ("rto", "rpo")] + [_summary(rows)],
    }


def _rows(facts: Mapping[str, Any]) -> Iterator[Row]:
    sides = [facts[side]["tables"] for side in ("before", "restored", "after")]
    for name in sorted({table for side in sides for table in side}):
        yield compared(name, *(side.get(name) for side in sides))


def _wrong(rows: list[Row], facts: Mapping[str, Any]) -> Iterator[str]:
    marks = sorted(facts["restored"]["marks"])
    if "before" not in marks:
        yield "the row that was written before the moment is not in the restored database"
    if "after" in marks:
        yield "the row that was written after the moment is in the restored database"
    if not rows:
        yield "the database has no table: nothing was compared"
    for row in rows:
        if not row.good:
            yield f"{row.table} {row.verdict}: {row.before} rows before, {row.restored} restored, {row.after} after"


def _summary(rows: list[Row]) -> str:
    total = sum(row.restored or 0 for row in rows)
    equal = sum(row.verdict == "equal" for row in rows)
    return f"{len(rows)} tables with {total} rows compared, {equal} of them stood still and are equal"
