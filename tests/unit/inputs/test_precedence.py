"""An environment's value beats the shared one, and a host's beats the environment's."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("group_vars", "inventories"):
        shutil.copytree(ROOT / name, tmp_path / name, symlinks=True)
    shutil.copy(ROOT / "ansible.cfg", tmp_path)
    return tmp_path


def seen(project: Path, environment: str, host: str) -> dict[str, Any]:
    """Return a host's variables as playbooks see them."""
    command = [sys.executable, "-m", "ansible", "inventory", "-i", f"inventories/{environment}", "--host", host]
    found: dict[str, Any] = json.loads(subprocess.run(command, cwd=project, capture_output=True, check=True).stdout)
    return found


def add(path: Path, line: str) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_nearer_value_wins(project: Path, environment: str) -> None:
    place = project / "inventories" / environment
    shared = seen(project, environment, "web")["owner"]
    add(place / "group_vars" / environment / "main.yml", "owner: environment-team")
    assert shared != "environment-team"
    assert seen(project, environment, "web")["owner"] == "environment-team"
    assert seen(project, environment, "network")["owner"] == "environment-team"
    add(place / "host_vars" / "web.yml", "owner: web-team")
    assert seen(project, environment, "web")["owner"] == "web-team"
    assert seen(project, environment, "network")["owner"] == "environment-team"
