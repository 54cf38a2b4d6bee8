"""What a failover took and lost, and whether that is within the objectives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .clock import timestamp
from .recovery_objectives import line, minutes, missed, phases

#: What a failover spends its time on: the name, and the two times between which it lies.
PHASES = (
    ("let nobody write", "begun", "fenced"),
    ("wait until all is copied", "fenced", "copied"),
    ("restore and start the services", "copied", "served"),
    ("let write, and send users", "served", "handed"),
)


def report(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a failover took and lost.

    Args:
        facts: ``environment``, ``source`` (the environment that was taken over from), ``unplanned``, ``again`` (it
            could write when this run began), ``latest`` (the moment that the copies led to), ``times`` (seconds since
            1970 by the names in PHASES) and ``objectives`` (``rto`` and ``rpo``, seconds).
    """
    times = {name: int(moment) for name, moment in facts["times"].items()}
    objectives = {name: int(seconds) for name, seconds in facts["objectives"].items()}
    lost = 0 if facts["again"] else max(0, times["fenced"] - int(facts["latest"]))
    told = "it had taken over before; what was lost, the report of that run says" if facts["again"] else _lost(lost)
    measured = {"rto": times["handed"] - times["begun"], "rpo": lost}
    return {
        **{name: facts[name] for name in ("environment", "source", "unplanned")},
        "begun": timestamp(times["begun"]),
        "restored_to": timestamp(int(facts["latest"])),
        "measured": measured,
        "objectives": objectives,
        "phases": phases(PHASES, times),
        "lost": told,
        "problems": list(missed(measured, objectives, "failover")),
        "lines": [*(line(name, measured, objectives) for name in measured), told],
    }


def _lost(seconds: int) -> str:
    return f"writes of up to {minutes(seconds)} are lost" if seconds else "nothing that was written is lost"
