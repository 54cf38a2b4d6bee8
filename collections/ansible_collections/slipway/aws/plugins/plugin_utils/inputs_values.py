"""Checks of values that have a reader of their own, which is asked; as in :mod:`inputs`, a sentence a mistake."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from .adopted import parsed
from .canary.policy import read_policy
from .http_smoke import step
from .nearest import nearest
from .night.hours import night_plan
from .resource import ConvergeError
from .scaling.intent import BOUNDS, intent

SCALING = "autoscaling_"


def _asked(where: str, read: Callable[[], Any]) -> Iterator[str]:
    """Yield what a reader refuses."""
    try:
        read()
    except (ConvergeError, ValueError) as error:
        yield f"{where}{error}"


def policy_problems(host: str, given: Mapping[str, Any]) -> Iterator[str]:
    """Check the policy of a service's releases."""
    yield from _asked(f"{host}: ", lambda: read_policy("release_policy", given.get("release_policy")))


def smoke_problems(host: str, given: Mapping[str, Any]) -> Iterator[str]:
    """Check the requests that a service must answer as they say."""
    for declared in given.get("service_smoke") or []:
        yield from _asked(f"{host}: ", lambda declared=declared: step(declared))  # type: ignore[misc]  # bound each time


def scaling_problems(host: str, given: Mapping[str, Any]) -> Iterator[str]:
    """Check what somebody wants of a service's scaling."""
    wanted = {name: given[f"{SCALING}{name}"] for name in BOUNDS if given.get(f"{SCALING}{name}") is not None}
    yield from _asked(f"{host}: ", lambda: intent(wanted, f"{SCALING}{{}}"))


def hours_problems(values: Mapping[str, Any]) -> Iterator[str]:
    """Check when an environment is awake."""
    hours = values.get("working_hours") or {}
    if not isinstance(hours, Mapping):
        yield f"working_hours is {hours!r}; give wake and sleep, and maybe days and timezone"
    elif values.get("env_name") in values.get("environments", ()):
        yield from _asked("", lambda: night_plan(hours, values["env_name"], values["environments"]))


def adopted_problems(given: Any, components: Collection[str]) -> Iterator[str]:
    """Check that what was taken over belongs to components, and how each entry is written.

    Args:
        given: ``slipway_adopted``.
        components: names of all that there may be: roles, hosts and services.
    """
    if not isinstance(given, Mapping):
        yield f"slipway_adopted is {given!r}; give the resources of each component, by its name"
        return
    for component, entries in given.items():
        if component not in components:
            hint = nearest(component, components, "give the name of a host in hosts.yml")
            yield f"slipway_adopted.{component}: there is no such component; {hint}"
        elif entries is not None:
            yield from _asked(f"{component}: ", lambda entries=entries: parsed(entries))  # type: ignore[misc]
