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
    files = [
        path for kind in ("defaults", "vars") for path in sorted((ROOT / "roles/service" / kind / "main").glob("*.yml"))
    ]
    read = [loader.load_from_file(str(path), trusted_as_template=True) for path in files]
    own = VariableManager(loader=loader, inventory=inventory).get_vars(host=inventory.get_host("web"))
    return {name: value for part in [*read, own, {"hostvars": {"cluster": {}}}] for name, value in part.items()}


def main() -> None:
    """Answer what stands on standard input."""
    init_plugin_loader([])
    known = variables()
    asked = json.load(sys.stdin)
    json.dump([rendered(known, name, facts) for name, facts in asked], sys.stdout)


def rendered(known: dict[str, Any], name: str, facts: dict[str, Any]) -> Any:
    """Return the value of a variable, with facts among those that are known."""
    # Ansible finds the collection once its loader is there.
    from ansible_collections.slipway.aws.plugins.plugin_utils.template_once import template_once  # noqa: PLC0415

    engine = Templar(loader=DataLoader())._engine  # noqa: SLF001  no public way to it
    return template_once(engine, {**known, **facts}).template(known[name])


if __name__ == "__main__":
    main()
