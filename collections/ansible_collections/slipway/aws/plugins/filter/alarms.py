"""Filters of the role alarms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

Entry = dict[str, Any]


def with_thresholds(alarms: Iterable[Entry], thresholds: Mapping[str, Mapping[str, float | None]]) -> list[Entry]:
    """Return alarms with thresholds of their own in place of those they come with.

    Args:
        alarms: ``cloudwatch_alarm`` resources, named ``<owner>/<alarm>`` or ``<owner>/<alarm>/<more>``.
        thresholds: by owner and alarm; ``None`` leaves the alarm out.

    Raises:
        AnsibleFilterError: an owner has no alarm of that name.
    """
    entries = list(alarms)
    known = {tuple(entry["name"].split("/")[:2]) for entry in entries}
    for owner, own in thresholds.items():
        for name in own:
            if (owner, name) not in known:
                there = ", ".join(sorted(alarm for who, alarm in known if who == owner))
                raise AnsibleFilterError(f"with_thresholds: {owner} has no alarm {name}; there are {there}")
    return [changed for entry in entries if (changed := _with_threshold(entry, thresholds)) is not None]


def _with_threshold(entry: Entry, thresholds: Mapping[str, Mapping[str, float | None]]) -> Entry | None:
    owner, name = entry["name"].split("/")[:2]
    own = thresholds.get(owner) or {}
    if name not in own:
        return entry
    if own[name] is None:
        return None
    return {**entry, "properties": {**entry["properties"], "Threshold": own[name]}}


def _any(alarms: Iterable[Entry]) -> str:
    return " OR ".join(f'ALARM("${{cloudwatch_alarm.{entry["name"]}.AlarmName}}")' for entry in alarms)


def composite_alarms(alarms: Iterable[Entry], common: Mapping[str, Any], prefix: str) -> list[Entry]:
    """Return a composite alarm for each owner, which rings when any of its alarms does.

    Args:
        alarms: ``cloudwatch_alarm`` resources, named ``<owner>/<alarm>...``.
        common: properties of all of them, such as actions.
        prefix: first part of their names.
    """
    owners: dict[str, list[Entry]] = {}
    for entry in alarms:
        owners.setdefault(entry["name"].partition("/")[0], []).append(entry)
    return [
        {
            "type": "cloudwatch_composite_alarm",
            "name": owner,
            "tags": {"service": owner},
            "properties": {**common, "AlarmName": f"{prefix}-{owner}", "AlarmRule": _any(own)},
        }
        for owner, own in owners.items()
    ]


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"composite_alarms": composite_alarms, "with_thresholds": with_thresholds}
