"""Print what every role would declare in environments, as JSON, without asking AWS.

    python tools/rendered.py '[["dev", {}], ["prod", {"service_exec": true}]]'

Takes an environment, variables and, where a service's role is not what is wanted, the roles in its place, and where not
all hosts are wanted, which; gives {host: [resource, ...]} for each. References such as ``${ec2_vpc.main.VpcId}`` stand
as they are.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Render what is asked for."""
    os.chdir(ROOT)
    init_plugin_loader([str(ROOT / "collections")])
    json.dump([rendered(*wanted) for wanted in json.loads(sys.argv[1])], sys.stdout)


def rendered(
    environment: str,
    extra: dict[str, Any],
    service_roles: Iterable[str] = ("service",),
    hosts: Iterable[str] = (),
) -> dict[str, list[dict[str, Any]]]:
    """Return the resources of hosts of an environment, of all where none is named."""
    found: dict[str, list[dict[str, Any]]] = declaring(environment, tuple(service_roles)).resources(extra, hosts)
    return found


def declaring(environment: str, service_roles: tuple[str, ...]) -> Any:
    """Return what renders the resources of an environment, those of a service from the roles named."""
    # Ansible finds the collection once its loader is there.
    from ansible_collections.slipway.aws.plugins.plugin_utils.declared import Declaring  # noqa: PLC0415

    loader = DataLoader()
    inventory = InventoryManager(loader, sources=[f"inventories/{environment}"])
    manager = VariableManager(loader, inventory)
    HostVars(inventory, manager, loader)  # hands itself to the manager
    return Declaring(inventory, manager, loader, str(ROOT / "playbooks"), service_roles)


if __name__ == "__main__":
    main()
