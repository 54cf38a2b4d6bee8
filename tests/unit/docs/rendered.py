"""What the environments would declare, rendered once for all tests of a process."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from tools.files import ENVIRONMENTS

ROOT = Path(__file__).parents[3]
Resource = dict[str, Any]
BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
#: Everything that is off by default and brings a role, or more of a policy.
EVERYTHING = {
    "service_exec": True,
    "service_engine": "ecs",
    "prometheus_enabled": True,
    "write_lease_region": "us-east-2",
    "iam_permissions_boundary": BOUNDARY,
}
WANTED: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in ENVIRONMENTS),
    ("prod", {**EVERYTHING, "service_engine": "codedeploy"}),
    ("prod", EVERYTHING),
]


@cache
def rendered() -> list[tuple[str, list[Resource]]]:
    """Return an environment and all its resources, for each of what is wanted."""
    command = [sys.executable, "tools/rendered.py", json.dumps(WANTED)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    hosts = json.loads(told)
    return [
        (environment, [one for resources in each.values() for one in resources])
        for (environment, _), each in zip(WANTED, hosts, strict=True)
    ]
