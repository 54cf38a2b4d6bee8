"""Variables of any host of the play, as that host's own task would see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .resource import ConvergeError


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
    templar = action._templar.copy_with_new_env(available_variables=variables)  # noqa: SLF001
    return {name: templar.template(variables[name]) for name in names}
