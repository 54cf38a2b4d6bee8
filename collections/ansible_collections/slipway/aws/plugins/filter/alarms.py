"""Filters of the role alarms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
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


def composite_alarms(
    alarms: Iterable[Entry],
    common: Mapping[str, Any],
    prefix: str,
    causes: Mapping[str, str] | None = None,
) -> list[Entry]:
    """Return a composite alarm for each owner, which rings when any of its alarms does: one cause, one page.

    Args:
        alarms: ``cloudwatch_alarm`` resources, named ``<owner>/<alarm>...``.
        common: properties of all of them, such as actions.
        prefix: first part of their names.
        causes: owner to the name of an alarm that explains what it rings for, and while it rings, it tells nobody.
    """
    owners: dict[str, list[Entry]] = {}
    for entry in alarms:
        owners.setdefault(_owner(entry["name"]), []).append(entry)
    return [_composite(owner, own, common, prefix, (causes or {}).get(owner)) for owner, own in owners.items()]


def _owner(name: str) -> str:
    """Return who an alarm belongs to; what tasks lack is told of apart from what users notice."""
    owner, _, place = [*name.split("/"), "", ""][:3]
    return f"{owner}_tasks" if place.startswith("tasks") else owner


def _composite(owner: str, own: list[Entry], common: Mapping[str, Any], prefix: str, cause: str | None) -> Entry:
    name = f"{prefix}-{owner.replace('_', '-')}"
    properties: dict[str, Any] = {**common, "AlarmName": name, "AlarmRule": _any(own)}
    if cause:
        properties |= {"ActionsSuppressor": cause, **SUPPRESSED}
    return {
        "type": "cloudwatch_composite_alarm",
        "name": owner,
        "tags": own[0].get("tags", {}),
        "properties": properties,
    }


#: Seconds that a composite alarm waits for an explanation, and stays silent after the explanation has ended.
SUPPRESSED = {"ActionsSuppressorWaitPeriod": 120, "ActionsSuppressorExtensionPeriod": 180}


#: The last part of the name of an alarm that is one of several windows, which count when all ring.
WINDOW = re.compile(r"\d+[hm]")


def _any(alarms: Iterable[Entry]) -> str:
    together: dict[str, list[str]] = {}
    for entry in alarms:
        name = entry["name"]
        start, _, last = name.rpartition("/")
        key = start if WINDOW.fullmatch(last) else name
        together.setdefault(key, []).append(f'ALARM("${{cloudwatch_alarm.{name}.AlarmName}}")')
    joined = [" AND ".join(parts) for parts in together.values()]
    return " OR ".join(f"({part})" if " AND " in part else part for part in joined)


def with_runbooks(alarms: Iterable[Entry], place: str, services: Sequence[str]) -> list[Entry]:
    """Return alarms whose description ends with the address of their runbook's page.

    Args:
        alarms: resources, named ``<owner>/<alarm>...``.
        place: where the pages are.
        services: owners that share pages; those of another owner have its name in front.
    """
    return [_with_runbook(entry, place.rstrip("/"), services) for entry in alarms]


def _with_runbook(entry: Entry, place: str, services: Sequence[str]) -> Entry:
    owner, alarm = [*entry["name"].split("/"), ""][:2]
    group = "service" if owner in services else "service_tasks" if owner.removesuffix("_tasks") in services else owner
    page = (alarm if group.startswith("service") else f"{owner}_{alarm}") if alarm else group
    what = entry["properties"].get("AlarmDescription") or f"Something is wrong with {owner.replace('_', ' ')}"
    described = {**entry["properties"], "AlarmDescription": f"{what}. Runbook: {place}/{page}.md"}
    return {**entry, "properties": described}


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {
            "composite_alarms": composite_alarms,
            "with_runbooks": with_runbooks,
            "with_thresholds": with_thresholds,
        }
