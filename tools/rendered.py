"""Print what every role would declare in environments, as JSON, without asking AWS.

    python tools/rendered.py '[["dev", {}], ["prod", {"service_exec": true}]]'

Takes pairs of an environment and variables; gives {host: [resource, ...]} for each. References such as
``${ec2_vpc.main.VpcId}`` stand as they are.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play import Play
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager

ROOT = Path(__file__).parents[1]
#: How a task names the variable with its resources.
_RESOURCES = re.compile(r"^    (?:resources: \"\{\{ (\w+) \}\}\"|fleet: (__service_resources))$", re.MULTILINE)
#: What a run learns before it declares a service: nothing was released yet.
_FACT = {"state": "first", "digest": "sha256:" + "0" * 64, "record": {}}


def main() -> None:
    """Render what is asked for."""
    os.chdir(ROOT)
    init_plugin_loader([str(ROOT / "collections")])
    json.dump([rendered(environment, extra) for environment, extra in json.loads(sys.argv[1])], sys.stdout)


def rendered(environment: str, extra: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the resources of each host of an environment."""
    loader = DataLoader()
    inventory = InventoryManager(loader, sources=[f"inventories/{environment}"])
    manager = VariableManager(loader, inventory)
    HostVars(inventory, manager, loader)  # hands itself to the manager
    services = {host.name: _FACT for host in inventory.get_hosts("services")}
    manager._extra_vars = {**extra, "__service_facts": {"services": services}}  # noqa: SLF001  no public way to set them
    return {
        host.name: list(_declared(host, "service" if host.name in services else host.name, manager, loader))
        for host in inventory.get_hosts("platform:services")
    }


def _declared(host: Any, role: str, manager: Any, loader: Any) -> Iterator[dict[str, Any]]:
    play = Play.load({"hosts": host.name, "roles": [role]}, variable_manager=manager, loader=loader)
    task = play.get_roles()[0].compile(play=play)[0].block[0]
    variables = manager.get_vars(play=play, host=host, task=task)
    variables["playbook_dir"] = str(ROOT)
    templar = Templar(loader=loader, variables=variables)
    tasks = "".join(
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "roles" / role / "tasks").glob("*.yml"))
    )
    for names in _RESOURCES.findall(tasks):
        yield from templar.template(variables[next(filter(None, names))])


if __name__ == "__main__":
    main()
