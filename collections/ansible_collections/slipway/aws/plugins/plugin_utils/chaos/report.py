"""What a run of experiments found, all together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..clock import timestamp


def report(
    environment: str, service: str, objectives: Mapping[str, Any], records: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the report of a run.

    Args:
        environment: its name.
        service: whose users were looked after.
        objectives: see :func:`hypothesis.judge`.
        records: of the experiments, see :class:`experiment.Record`, in the order in which they were done.
    """
    problems = [f"{one['name']}: {text}" for one in records for text in one["problems"]]
    return {
        "environment": environment,
        "service": service,
        "objectives": dict(objectives),
        "experiments": [_shown(one) for one in records],
        "problems": problems,
        "lines": [_line(one) for one in records],
    }


def _shown(record: Mapping[str, Any]) -> dict[str, Any]:
    texts = {f"{name}_text": timestamp(moment) for name, moment in record["times"].items()}
    return {**record, **texts, "good": not record["problems"]}


def _line(record: Mapping[str, Any]) -> str:
    names = dict.fromkeys(one["name"] for one in record["findings"])
    told = ", ".join(f"{name} {_verdicts(record, name)}" for name in names)
    return f"{record['name']} {record['outcome']}: {told or 'nothing was looked at'}"


def _verdicts(record: Mapping[str, Any], name: str) -> str:
    found = [one["verdict"] for one in record["findings"] if one["name"] == name]
    return found[0] if len(set(found)) == 1 else " ".join(found)
