"""Variables of any host of the play, as that host's own task would see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ansible._internal._templating._engine import TemplateMode

from .forks import in_forks
from .resource import ConvergeError, plain
from .template_once import template_once


def fleet_values(
    action: Any, task_vars: dict[str, Any], hosts: Sequence[str], names: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return the same as :func:`host_values` for many hosts, as JSON data.

    Args:
        action: the running action plugin.
        task_vars: the variables it was given.
        hosts: inventory hosts.
        names: the variables wanted.

    Raises:
        ConvergeError: a variable is not set for a host.
    """

    def values(part: Sequence[str]) -> dict[str, dict[str, Any]]:
        return {host: plain(host_values(action, task_vars, host, names)) for host in part}

    remember_hosts(task_vars["hostvars"])
    return {host: found for part in in_forks(values, hosts) for host, found in part.items()}


def remember_hosts(hostvars: Any) -> None:
    """Let ``hostvars`` put the variables of each host together once: while a task runs they stay as they are."""
    if "raw_get" not in vars(hostvars):
        hostvars.raw_get = cache(hostvars.raw_get)


def host_values(action: Any, task_vars: dict[str, Any], host: str, names: Sequence[str]) -> dict[str, Any]:
    """Return the templated values of variables for a host, with role defaults and role variables in view.

    ``hostvars`` knows nothing of the role that is running, so this asks the variable manager as the strategy does for
    each host; one task can then work for a whole fleet.

    Args:
        action: the running action plugin.
        task_vars: the variables it was given.
        host: an inventory host.
        names: the variables wanted.

    Raises:
        ConvergeError: a variable is not set for that host.
    """
    hostvars = task_vars["hostvars"]
    manager = hostvars._variable_manager  # noqa: SLF001  the only way to a host's view of role variables
    play = action._task._parent._play  # noqa: SLF001
    inventory_host = hostvars._inventory.get_host(host)  # noqa: SLF001
    variables = manager.get_vars(play=play, host=inventory_host, task=action._task)  # noqa: SLF001
    missing = [name for name in names if name not in variables]
    if missing:
        raise ConvergeError(f"{host}: variable {missing[0]} is not set")
    engine = template_once(action._templar._engine, variables)  # noqa: SLF001  no public way to it
    return {name: engine.template(variables[name], mode=TemplateMode.ALWAYS_FINALIZE) for name in names}


def host_views(hostvars: Any, hosts: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Return what ``hostvars`` gives for hosts, each variable templated once however many others refer to it."""
    remember_hosts(hostvars)
    return {host: _view(hostvars[host]) for host in hosts}


def _view(values: Any) -> Any:
    values._templar = template_once(values._templar, values._vars)  # noqa: SLF001  no public way to them
    return values
