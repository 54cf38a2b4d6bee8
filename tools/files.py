"""What the generators read and write: YAML files of the project, and pages with parts between markers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
ENVIRONMENTS = ("dev", "staging", "prod")


def load(path: Path) -> Any:
    """Return the content of a YAML file, an empty dictionary for an empty one."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}


def between(path: Path, begin: str, lines: Sequence[str], end: str) -> str:
    """Return a page with the lines between two markers written anew."""
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    return "\n".join([before + begin, "", *lines, "", end + rest.partition(end)[2]])
