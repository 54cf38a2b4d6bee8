"""The argument specs of the project's roles, as Ansible would find the roles."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.module_utils.common.yaml import yaml_load


def role_specs(roles_paths: Iterable[Path]) -> dict[str, dict[str, Any]]:
    """Return the options of each role's entry point ``main``, by role name; the first path that has a role wins."""
    specs: dict[str, dict[str, Any]] = {}
    for directory in roles_paths:
        for path in sorted(directory.glob("*/meta/argument_specs.yml")):
            content = yaml_load(path.read_text(encoding="utf-8"))
            specs.setdefault(path.parents[1].name, content["argument_specs"]["main"].get("options") or {})
    return specs


def roles_paths(playbook_dir: str) -> list[Path]:
    """Return where roles are looked for: as configured, and beside the playbooks."""
    playbooks = Path(playbook_dir)
    return [*map(Path, constants.DEFAULT_ROLES_PATH), playbooks / "roles", playbooks.parent / "roles"]
