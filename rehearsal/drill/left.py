"""Alarms that a drill leaves out, and why."""

from __future__ import annotations

from collections.abc import Iterable

#: By what the names of alarms, without the environment's prefix, begin with.
WHY = {
    "nat-": "no gateway translates addresses in the local cloud",
    "network": "it is the page of the NAT gateways' alarms",
    "rejected-connections": "the local load balancer has no limit of connections",
    "replica-lag-": "a replica of the local cloud is never behind",
}
OTHER = {"blue": "green", "green": "blue"}


def reasons(alarms: Iterable[str], drilled: set[str], colour: str) -> dict[str, str]:
    """Return why alarms were not drilled, by name; nothing for those of which nobody knows why.

    Those of the side that does not serve are left out: they are like those of the side that does.

    Args:
        alarms: all names, without the environment's prefix.
        drilled: those that were drilled.
        colour: of the side that serves.
    """
    there = set(alarms)
    twins = {name for name in there if name.replace(f"-{OTHER[colour]}-", f"-{colour}-") in there - {name}}
    return {name: _why(name) for name in sorted(there - drilled - twins)}


def _why(name: str) -> str:
    return next((why for start, why in WHY.items() if name.startswith(start)), "")
