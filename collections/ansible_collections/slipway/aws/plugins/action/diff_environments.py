"""Writes how two environments differ; the work is in ``plugin_utils/environments``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.module_utils.common.yaml import yaml_load

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.environments import read_inventory, report
from ansible_collections.slipway.aws.plugins.plugin_utils.promotion import PLACE, Place, Version

ARGUMENTS = {
    "one": {"type": "dict", "required": True, "options": PLACE},
    "other": {"type": "dict", "required": True, "options": PLACE},
    "services": {"type": "list", "elements": "str", "required": True},
    "project": {"type": "str", "required": True},
    "root": {"type": "path", "required": True},
    "report": {"type": "path", "required": True},
    "region": {"type": "str"},
}
#: They are what sets environments apart.
IGNORED = ("env_name", "releases")


class ActionModule(Acting):
    """Reads both inventories as they are written, and the releases' records of both; changes nothing."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the lines of the report."""
        root, sides = Path(options["root"]).resolve(), (options["one"], options["other"])
        first, second = (Place.of(side, options).versions(options["services"]) for side in sides)
        inventories = [read_inventory(root / "inventories" / side["name"], root) for side in sides]
        rows = [(name, _text(first.get(name)), _text(second.get(name))) for name in options["services"]]
        names = (options["one"]["name"], options["other"]["name"])
        text = report(names, (inventories[0], inventories[1]), rows, _defaults(root), IGNORED)
        path = Path(options["report"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return {"changed": False, "lines": [*text.splitlines(), "", f"This is {path.resolve()}"]}


def _text(version: Version | None) -> str:
    return f"{version['image_tag']} {version['digest'][:19]}".strip() if version else "nothing"


def _defaults(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in root.glob("roles/*/defaults/**/*.yml"):
        found |= yaml_load(path.read_text(encoding="utf-8")) or {}
    return found
