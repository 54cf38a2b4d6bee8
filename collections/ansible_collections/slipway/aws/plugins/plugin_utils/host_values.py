"""Variables of any host of the play, as that host's own task would see them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import CodeType
from typing import Any
from weakref import WeakKeyDictionary

from ansible._internal._templating._engine import TemplateContext, TemplateOptions
from ansible._internal._templating._lazy_containers import _AnsibleLazyTemplateMixin

from .forks import in_forks
from .resource import ConvergeError, plain

#: One templar an action: its environment keeps the filters that it has found.
_TEMPLARS: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
#: Compiled templates by their text.
_COMPILED: dict[str, CodeType] = {}


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
    templar = _templar(action)
    show(templar._engine, variables)  # noqa: SLF001
    return {name: templar.template(variables[name]) for name in names}


def _templar(action: Any) -> Any:
    if action not in _TEMPLARS:
        templar = action._templar.copy_with_new_env()  # noqa: SLF001
        remember_templates(templar._engine.environment)  # noqa: SLF001
        _TEMPLARS[action] = templar
    return _TEMPLARS[action]


def show(engine: Any, variables: dict[str, Any]) -> None:
    """Give a templating engine the variables of a host, so that each is templated once however many others refer to it.

    Ansible wraps variables in a lazy dictionary, which keeps what it has templated, and makes a new one for each
    template. One that is made beforehand it takes as it is. The wrapping asks for a context, which is empty here.
    """
    with TemplateContext(template_value=None, templar=engine, options=TemplateOptions.DEFAULT, stop_on_template=False):
        engine.available_variables = _AnsibleLazyTemplateMixin._try_create(variables)  # noqa: SLF001


def remember_templates(environment: Any) -> None:
    """Let a Jinja environment compile each text once for all hosts: compiling is most of what templating costs.

    What a template compiles to depends on its text alone, as long as all are templated with the same options, as here.
    """
    compile_anew = environment.compile

    def compiled(source: Any, *arguments: Any, **options: Any) -> Any:
        if not isinstance(source, str) or arguments or options:
            return compile_anew(source, *arguments, **options)
        if source not in _COMPILED:
            _COMPILED[source] = compile_anew(source)
        return _COMPILED[source]

    environment.compile = compiled
