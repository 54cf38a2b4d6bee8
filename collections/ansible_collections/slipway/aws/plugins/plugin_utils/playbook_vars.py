"""Data of the project's playbooks, ``playbooks/vars/<name>.yml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.module_utils.common.yaml import yaml_load


def playbook_vars(playbook_dir: Path, name: str) -> Any:
    """Return what a file of data has under its own name.

    Args:
        playbook_dir: of the play; Ansible takes that of the imported playbook, also where ``site.yml`` imports it.
        name: of the file, and of what it has.
    """
    path = playbook_dir / "vars" / f"{name}.yml"
    return yaml_load(path.read_text(encoding="utf-8"))[name]
