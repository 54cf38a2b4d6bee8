"""Data of the project's playbooks, ``playbooks/vars/<name>.yml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.module_utils.common.yaml import yaml_load

#: Where the directory ``vars`` is from where a playbook is run: beside it, and below for ``site.yml``.
PLACES = (".", "playbooks", "../playbooks")


def playbook_vars(playbook_dir: Path, name: str) -> Any:
    """Return what a file of data has under its own name."""
    paths = (playbook_dir / place / "vars" / f"{name}.yml" for place in PLACES)
    path = next(path for path in paths if path.exists())
    return yaml_load(path.read_text(encoding="utf-8"))[name]
