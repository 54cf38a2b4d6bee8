"""Alarms that a drill leaves out, and why."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

#: By what the names of alarms, without the environment's prefix, are like.
WHY = {
    r"nat-.+-(ports|drops)": "no gateway translates addresses in the local cloud",
    r"network": "it is the page of the NAT gateways' alarms",
    r"rejected-connections(-.+)?": "the local load balancer has no limit of connections",
    r"replica-lag-.+": "a replica of the local cloud is never behind",
    r"load-balancer-errors-.+": "that of the first load balancer is drilled",
    r".+-scale-(out|surge|in)": "it tells a scaling policy, and no people",
    r"flags-errors(-.+)?": "it tells AppConfig, and no people",
    r"calls-[a-z0-9-]+": "the local cloud writes no calls into the log of a trail",
}
OTHER = {"blue": "green", "green": "blue"}
ABSENT, UNKNOWN = "the environment has no such alarm", "and nobody knows why not"


def reasons(alarms: Iterable[str], drilled: Collection[str], colour: str, services: Iterable[str]) -> dict[str, str]:
    """Return why alarms were not drilled, by name; nothing for those of which nobody knows why.

    Those of the side that does not serve, and of other services, are left out: they are like those that were drilled.

    Args:
        alarms: all names, without the environment's prefix.
        drilled: those that were drilled.
        colour: of the side that serves.
        services: the one that was drilled, and after it the others.
    """
    drilled_one, *others = services
    return {
        name: _why(name)
        for name in sorted(set(alarms) - set(drilled))
        if not _twins(name, colour, drilled_one, others) & set(drilled)
    }


def _twins(name: str, colour: str, drilled: str, others: Iterable[str]) -> set[str]:
    """Return what the alarm would be called on the side that serves, and of the service that is drilled."""
    same = [name, *(drilled + name.removeprefix(one) for one in others if f"{name}-".startswith(f"{one}-"))]
    return {one.replace(f"-{OTHER[colour]}-", f"-{colour}-") for one in same} - {name}


def _why(name: str) -> str:
    return next((why for like, why in WHY.items() if re.fullmatch(like, name)), "")
