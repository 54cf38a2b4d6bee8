"""Print what a role declares for an environment, as Ansible evaluates it: ``evaluate_role.py ENVIRONMENT ROLE [JSON]``.

The JSON has variables that win, as ``-e`` does.

A program of its own, since Ansible's finder of collections must come before the first import of one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager

ROOT = Path(__file__).parents[3]
#: Hosts of roles that are not named like their host.
HOSTS = {"service": "web", "chaos": "web", "restore_drill": "database", "feature_flags": "state"}
#: Roles that converge in parts, which are not in one list.
PARTS = {"restore_drill": ("__restore_drill_source", "__restore_drill_target")}


def declared(environment: str, role: str, more: str = "{}") -> list[dict[str, Any]]:
    """Return the resources of a role, with ``more`` variables that win."""
    init_plugin_loader([str(ROOT / "collections")])
    loader = DataLoader()
    inventory = InventoryManager(loader, sources=[str(ROOT / "inventories" / environment)])
    manager = VariableManager(loader, inventory)
    place = ROOT / "roles" / role
    variables: dict[str, Any] = {}
    for path in sorted(place.glob("defaults/**/*.yml")):
        variables |= loader.load_from_file(str(path), trusted_as_template=True)
    variables |= manager.get_vars(host=inventory.get_host(HOSTS.get(role, role)))
    variables |= {"ansible_playbook_python": "python", "hostvars": HostVars(inventory, manager, loader)}
    variables["role_path"] = str(place)
    for path in [*place.glob("vars/main.yml"), *sorted(place.glob("vars/main/*.yml"))]:
        variables |= loader.load_from_file(str(path), trusted_as_template=True)
    variables |= loader.load(more)
    templar = Templar(loader, variables)
    return [one for part in PARTS.get(role, (f"__{role}_resources",)) for one in templar.template(variables[part])]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(declared(*sys.argv[1:4]), default=str))
