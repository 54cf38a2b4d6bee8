"""What the generators read and write: YAML files of the project, and pages with parts between markers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
ENVIRONMENTS = ("dev", "staging", "prod")


def load(path: Path) -> Any:
    """Return the content of a YAML file, an empty dictionary for an empty one."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}


def kept(path: Path) -> dict[str, Any]:
    """Return what was measured and written down as JSON, empty before it was."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def keep(path: Path, found: Mapping[str, Any]) -> None:
    """Write down what was measured."""
    path.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def environment(name: str) -> dict[str, Any]:
    """Return what an environment's own files say, its services' files included."""
    inventory = ROOT / "inventories" / name
    files = sorted((inventory / "group_vars" / name).glob("*.yml")) + sorted((inventory / "host_vars").glob("*.yml"))
    return {key: value for path in files for key, value in load(path).items()}


def defaults_files(role: Path) -> list[Path]:
    """Return the files of a role's defaults: ``main.yml``, or those of the directory ``main``."""
    return sorted(role.glob("defaults/**/*.yml"))


def defaults(role: Path) -> dict[str, Any]:
    """Return a role's defaults."""
    return {name: value for path in defaults_files(role) for name, value in load(path).items()}


def between(path: Path, begin: str, lines: Sequence[str], end: str) -> str:
    """Return a page with the lines between two markers written anew."""
    return replaced(path.read_text(encoding="utf-8"), begin, lines, end)


def replaced(text: str, begin: str, lines: Sequence[str], end: str) -> str:
    """Return a text with the lines between two markers written anew."""
    before, _, rest = text.partition(begin)
    return "\n".join([before + begin, "", *lines, "", end + rest.partition(end)[2]])
