"""Generated parts of docs/disaster-recovery.md: objectives from the inventories, figures from ``bench/drills.json``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tools.files import ENVIRONMENTS, ROOT, environment, kept, load, replaced
from tools.markdown import NOTE, table

PAGE = ROOT / "docs" / "disaster-recovery.md"
RESULTS = ROOT / "bench" / "drills.json"
OBJECTIVES = NOTE.format(source="the inventories"), "<!-- end of objectives -->"
FIGURES = "<!-- Written by `make drill` and `make docs` from bench/drills.json. -->", "<!-- end of drills -->"
#: Roles whose defaults hold where an inventory says nothing.
ROLES = ("database", "restore_drill", "failover")


def drilled() -> dict[str, Any]:
    """Return what the last drill of each environment found, empty when none ran."""
    return kept(RESULTS)


def recovery_page() -> str:
    """Return the page with its generated parts written anew."""
    text = PAGE.read_text(encoding="utf-8")
    text = replaced(text, OBJECTIVES[0], list(objectives({name: values(name) for name in ENVIRONMENTS})), OBJECTIVES[1])
    return replaced(text, FIGURES[0], list(figures(drilled())), FIGURES[1])


def values(name: str) -> dict[str, Any]:
    """Return an environment's variables, and the defaults of what recovers it."""
    defaults = {
        key: value for role in ROLES for key, value in load(ROOT / "roles" / role / "defaults" / "main.yml").items()
    }
    return {**defaults, **load(ROOT / "group_vars" / "all" / "main.yml"), **environment(name)}


def objectives(given: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield the table of objectives.

    Args:
        given: variables by environment.
    """
    rows = {
        "a zone is lost": _zone,
        "the database is lost, or its data is wrong": lambda one: _both(one, "restore_drill"),
        "of these, what can be brought back": lambda one: f"any second of {one['database_backup_retention_days']} days",
        "the region is lost": _region,
    }
    cells = ([title, *(say(one) for one in given.values())] for title, say in rows.items())
    yield from table(["", *given], cells)


def _both(one: Mapping[str, Any], role: str) -> str:
    return f"RTO {one[f'{role}_rto_minutes']} min, RPO {one[f'{role}_rpo_minutes']} min"


def _zone(one: Mapping[str, Any]) -> str:
    return "the standby takes over" if one["database_multi_az"] else "as a lost database, if it was there"


def _region(one: Mapping[str, Any]) -> str:
    if one["failover_from"]:
        return _both(one, "failover")
    copies = one["database_backup_copy_region"]
    return f"no standby; copies in {copies}" if copies else "all data is lost"


def figures(found: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield what the last drill of each environment found."""
    if not found:
        yield "No drill was written down yet."
    for place, (name, drill) in enumerate(sorted(found.items())):
        yield from ([""] if place else [])
        yield (
            f"{name}, {drill['date']}, revision {drill['revision']}, in {drill['where']}:"
            f" {drill['tables']} tables with {drill['rows']} rows compared."
        )
        yield ""
        yield from table(["", "measured", "objective"], _measured(drill))
        yield from (line for problem in drill["problems"] for line in ("", f"Failed: {problem}."))


def _measured(drill: Mapping[str, Any]) -> Iterator[list[str]]:
    for name in ("rto", "rpo"):
        yield [name.upper(), f"{drill['measured'][name]} s", f"{drill['objectives'][name]} s"]
    for phase in drill["phases"]:
        yield [phase["name"], f"{phase['seconds']} s", ""]
