"""What the generators read: YAML files of the project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
ENVIRONMENTS = ("dev", "staging", "prod")


def load(path: Path) -> Any:
    """Return the content of a YAML file, an empty dictionary for an empty one."""
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}
