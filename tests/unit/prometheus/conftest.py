"""What the role prometheus declares, and promtool where this machine has it."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
MISSING = "NOT TESTED: this machine has no {0}; install Debian's package prometheus, or put it into PATH"
SETTINGS: dict[str, Any] = {"environment": "dev", "interval": 15, "rules": "rules.yml", "remote_write": []}


def program(name: str) -> str:
    """Return the path of a program; without it the test that asks is skipped, loudly."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(MISSING.format(name))
    return found


@functools.cache
def resources(more: str = "{}", role: str = "prometheus") -> list[dict[str, Any]]:
    """Return what a role declares for dev when Prometheus is switched on, with more variables as JSON."""
    variables = json.dumps({"prometheus_enabled": True, **json.loads(more)})
    argv = [sys.executable, str(ROOT / "tests/unit/adapters/evaluate_role.py"), "dev", role, variables]
    environment = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")}
    result = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def containers(more: str = "{}") -> dict[str, dict[str, Any]]:
    """Return the containers of the task by name, with their environment as a dictionary."""
    (definition,) = (one for one in resources(more) if one["type"] == "ecs_task_definition")
    return {
        one["name"]: {**one, "environment": {entry["name"]: entry["value"] for entry in one["environment"]}}
        for one in definition["properties"]["containerDefinitions"]
    }


@pytest.fixture
def promtool(tmp_path: Path) -> Callable[..., str]:
    """Return a function that writes files, runs promtool over them and returns what it says; it must like them."""
    argv = [program("promtool")]

    def run(*words: str, **files: Any) -> str:
        for name, content in files.items():
            text = content if isinstance(content, str) else yaml.safe_dump(content)
            (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
        result = subprocess.run([*argv, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout + result.stderr

    return run
