"""Two environments side by side: what their inventories say, and what they run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.vars.manager import VariableManager

#: Characters of a value that a table shows.
SHOWN = 80
MISSING = object()
#: What Ansible adds by itself.
MAGIC = ("groups", "omit", "playbook_dir")
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Inventory:
    """What one inventory says.

    Attributes:
        hosts: names of components and services.
        shared: variables of every host; services: those of each service beyond.
    """

    hosts: set[str]
    shared: Values
    services: Mapping[str, Values]


def read_inventory(path: Path, basedir: Path) -> Inventory:
    """Read an inventory as Ansible does, templates as they are written."""
    loader = DataLoader()
    loader.set_basedir(str(basedir))
    manager = InventoryManager(loader=loader, sources=[str(path)])
    variables = VariableManager(loader=loader, inventory=manager)

    def of(host: Any) -> dict[str, Any]:
        found = variables.get_vars(host=host, include_hostvars=False)
        own = {*manager.get_host(host.name).get_vars(), *MAGIC}
        return {name: value for name, value in found.items() if name not in own and not name.startswith("ansible_")}

    names = [host.name for host in manager.get_hosts("services")]
    values = {host.name: of(host) for host in manager.get_hosts("platform:services")}
    platform = [found for name, found in values.items() if name not in names]
    shared = {name: value for name, value in platform[0].items() if all(one.get(name) == value for one in platform)}
    beyond = {name: {k: v for k, v in values[name].items() if shared.get(k, MISSING) != v} for name in names}
    return Inventory(set(values), shared, beyond)


def differences(one: Values, other: Values, defaults: Values, ignored: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield name and both values of what differs; where one side says nothing, its role's default stands there."""
    for name in sorted({*one, *other} - set(ignored)):
        first, second = (side.get(name, defaults.get(name, MISSING)) for side in (one, other))
        if first != second:
            yield name, _shown(one, name, first), _shown(other, name, second)


def _shown(side: Values, name: str, value: Any) -> str:
    if value is MISSING:
        return "-"
    text = json.dumps(value, default=str, ensure_ascii=False)
    text = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    return f"`{text}`" + ("" if name in side else " (default)")


def report(
    names: tuple[str, str],
    inventories: tuple[Inventory, Inventory],
    versions: Iterable[tuple[str, str, str]],
    defaults: Values,
    ignored: Iterable[str],
) -> str:
    """Return the report in Markdown.

    Args:
        names: of the environments.
        inventories: theirs, in that order.
        versions: service and the version that runs on each side, of all services.
        defaults: of the roles' variables.
        ignored: variables that must differ.
    """
    one, other = inventories
    lines = [f"# {names[0]} and {names[1]}", "", "## What runs", ""]
    lines += [*_table(("service", *names, ""), ((*row, "same" if row[1] == row[2] else "differs") for row in versions))]
    for title, hosts in (
        (f"Only in {names[0]}", one.hosts - other.hosts),
        (f"Only in {names[1]}", other.hosts - one.hosts),
    ):
        lines += ["", f"{title}: {', '.join(sorted(hosts))}"] if hosts else []
    skipped = set(ignored)
    lines += ["", "## Variables of the environment", ""]
    lines += [*_table(("variable", *names), differences(one.shared, other.shared, defaults, skipped))]
    for service in sorted(one.services.keys() & other.services.keys()):
        found = list(differences(one.services[service], other.services[service], defaults, skipped))
        lines += [
            "",
            f"## Variables of {service}",
            "",
            *(_table(("variable", *names), found) if found else ["None differs."]),
        ]
    return "\n".join([*lines, ""])


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    cells = list(head)
    yield f"| {' | '.join(cells)} |"
    yield f"|{' --- |' * len(cells)}"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
