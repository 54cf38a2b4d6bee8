"""Renders variables of the role service for web in dev, in a process in which Ansible imports the collections itself.

Reads a list of ``[variable, facts]`` as JSON and prints the list of their values.
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
from ansible.vars.manager import VariableManager

ROOT = Path(__file__).parents[3]


def variables() -> dict[str, Any]:
    """Return what the role knows of web in dev, before it has asked anything."""
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources=[str(ROOT / "inventories" / "dev")])
    files = [ROOT / "roles/service/defaults/main.yml", *sorted((ROOT / "roles/service/vars/main").glob("*.yml"))]
    read = [loader.load_from_file(str(path), trusted_as_template=True) for path in files]
    own = VariableManager(loader=loader, inventory=inventory).get_vars(host=inventory.get_host("web"))
    return {name: value for part in [*read, own, {"hostvars": {"cluster": {}}}] for name, value in part.items()}


def main() -> None:
    """Answer what stands on standard input."""
    init_plugin_loader([])
    known = variables()
    asked = json.load(sys.stdin)
    told = [Templar(loader=DataLoader(), variables={**known, **facts}).template(known[name]) for name, facts in asked]
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
