"""What roles would declare in an environment, without asking AWS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible.playbook.play import Play
from ansible.template import Templar

from .template_once import template_once

#: How a task names the variable with its resources.
_RESOURCES = re.compile(
    r"^    (?:resources: \"\{\{ (\w+) \}\}\"|fleet: (__service_resources|__autoscaling_resources))$", re.MULTILINE
)
#: What a run learns before it declares a service: nothing was released yet.
_FACT = {"state": "first", "digest": "sha256:" + "0" * 64, "record": {}}
_RECORD = {"stable": "blue"}
Declared = dict[str, list[dict[str, Any]]]


class Declaring:
    """Renders the resources of every component and service of an inventory.

    References such as ``${ec2_vpc.main.VpcId}`` stand as they are.

    Args:
        inventory: Ansible's inventory manager.
        manager: its variable manager.
        loader: its data loader.
        playbook_dir: what the roles are told that variable is.
        service_roles: what a service's resources come from.
    """

    def __init__(
        self, inventory: Any, manager: Any, loader: Any, playbook_dir: str, service_roles: tuple[str, ...]
    ) -> None:
        self.inventory = inventory
        self.manager = manager
        self.loader = loader
        self.playbook_dir = playbook_dir
        self.service_roles = service_roles
        self.services = [host.name for host in inventory.get_hosts("services")]
        self._tasks: dict[tuple[str, str], tuple[Play, Any, Path]] = {}

    def resources(self, extra: Mapping[str, Any], hosts: Iterable[str] = ()) -> Declared:
        """Return the resources of hosts, of all where none is named, with variables that win over all others."""
        facts = {
            "__service_facts": {"services": dict.fromkeys(self.services, _FACT), "moved": []},
            "__autoscaling_records": {"records": dict.fromkeys(self.services, _RECORD), "unfinished": []},
        }
        with self._given({**extra, **facts}):
            wanted = self.inventory.get_hosts(":".join(hosts) or "platform:services")
            return {host.name: list(self._of_all(host)) for host in wanted}

    def value(self, host: str, role: str, name: str, extra: Mapping[str, Any]) -> Any:
        """Return a variable of a host as a role would see it."""
        with self._given(extra):
            engine, variables, _ = self._templating(self.inventory.get_host(host), role)
            return engine.template(variables[name])

    @contextmanager
    def _given(self, extra: Mapping[str, Any]) -> Iterator[None]:
        given = self.manager._extra_vars  # noqa: SLF001  no public way to them
        self.manager._extra_vars = {**given, **extra}  # noqa: SLF001  as above
        try:
            yield
        finally:
            self.manager._extra_vars = given  # noqa: SLF001  as above

    def _roles(self, host: str) -> tuple[str, ...]:
        return self.service_roles if host in self.services else (host,)

    def _of_all(self, host: Any) -> Iterator[dict[str, Any]]:
        for role in self._roles(host.name):
            yield from self._of(host, role)

    def _of(self, host: Any, role: str) -> Iterator[dict[str, Any]]:
        engine, variables, directory = self._templating(host, role)
        for names in _RESOURCES.findall(_tasks(directory / "tasks")):
            yield from engine.template(variables[next(filter(None, names))])

    def _templating(self, host: Any, role: str) -> tuple[Any, dict[str, Any], Path]:
        """Return what templates as the role would for a host, the host's variables, and where the role lies."""
        play, task, directory = self._task(host.name, role)
        variables = self.manager.get_vars(play=play, host=host, task=task)
        variables["playbook_dir"] = self.playbook_dir
        engine = template_once(Templar(loader=self.loader)._engine, variables)  # noqa: SLF001  no public way to it
        return engine, variables, directory

    def _task(self, host: str, role: str) -> tuple[Play, Any, Path]:
        """Return a play of a host with a role, the role's first task, and where it lies; read once for all choices."""
        if (host, role) not in self._tasks:
            play = Play.load({"hosts": host, "roles": [role]}, variable_manager=self.manager, loader=self.loader)
            found = play.get_roles()[0]
            task = found.compile(play=play)[0].block[0]
            self._tasks[host, role] = play, task, Path(found._role_path)  # noqa: SLF001  no public way to it
        return self._tasks[host, role]


def _tasks(directory: Path) -> str:
    """Return the tasks of a role's run; what other playbooks take from the role alone is not among them."""
    main = (directory / "main.yml").read_text(encoding="utf-8")
    parts = [path for path in sorted(directory.glob("*.yml")) if path.name in main]
    return main + "".join(path.read_text(encoding="utf-8") for path in parts)
