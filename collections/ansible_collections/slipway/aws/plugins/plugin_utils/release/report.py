"""The report of a release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write_report(entry: dict[str, Any], directory: str) -> str:
    """Write the report of an ended release and return one line about it."""
    path = Path(directory) / f"{entry['service']}-{entry['number']:06d}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(entry, indent=2), encoding="utf-8")
    version = entry["to"]["image_tag"] or entry["to"]["digest"]
    return f"{entry['service']} {version}: {entry['status']}: {entry['reason']}; report: {path}"
