"""What each environment costs a month, as a table: fixed cost line by line, what is paid by use in one line.

python -m tools.monthly_cost           prints it
python -m tools.monthly_cost --write   writes it into the README
python -m tools.monthly_cost --json    prints the bills, with those of each choice
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from ansible.plugins.loader import init_plugin_loader

from tools.files import ENVIRONMENTS, ROOT, between, load
from tools.rendered import declaring

BEGIN = "<!-- Written by `make docs`; change roles/bill/files/prices.yml or the inventories instead. -->"
END = "<!-- end -->"
Bill = dict[str, Any]


def bills(*, choices: bool) -> dict[str, Bill]:
    """Return the bill of each environment, under ``choices`` those of each choice by its name."""
    # Ansible finds the collection once its loader is there.
    from ansible_collections.slipway.aws.plugins.plugin_utils.cost.bill import Bills  # noqa: PLC0415

    prices = load(ROOT / "roles" / "bill" / "files" / "prices.yml")
    found = {}
    for name in ENVIRONMENTS:
        declared = declaring(name, ("service", "autoscaling"))
        one = Bills(declared, prices, declared.value("state", "bill", "__bill_usage", {}))
        wanted = _choices() if choices else []
        found[name] = {**one.now(), "choices": {each["name"]: one.choice(each) for each in wanted}}
    return found


def _choices() -> list[dict[str, Any]]:
    content = load(ROOT / "roles" / "bill" / "vars" / "main.yml")
    week = dict.fromkeys(content["__bill_retentions"], 7)
    return [
        {**each, "set": week if isinstance(each.get("set"), str) else each.get("set", {})}
        for each in content["__bill_choices"]
    ]


def table(found: dict[str, Bill]) -> list[str]:
    """Return the lines of a Markdown table with all environments."""
    names = {name: None for bill in found.values() for name, sums in bill["names"].items() if sums["fixed"]}
    lines = [f"| dollars a month | {' | '.join(found)} |", "|---|---|---|---|"]
    for name in names:
        cells = (bill["names"].get(name, {"fixed": 0})["fixed"] for bill in found.values())
        lines.append(f"| {name} | {' | '.join(f'{cell:.2f}' for cell in cells)} |")
    for name, key in (("by use, as assumed", "usage"), ("**all**", "total")):
        lines.append(f"| {name} | {' | '.join(f'{bill[key]:.2f}' for bill in found.values())} |")
    return lines


def main() -> None:
    """Print or write."""
    os.chdir(ROOT)
    init_plugin_loader([str(ROOT / "collections")])
    if "--json" in sys.argv:
        json.dump(bills(choices=True), sys.stdout)
        return
    lines = table(bills(choices=False))
    if "--write" in sys.argv:
        path = ROOT / "README.md"
        path.write_text(between(path, BEGIN, lines, END), encoding="utf-8")
    else:
        sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
