"""What the roles that watch declare for each environment, converged as it is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge

ROOT = Path(__file__).parents[3]
_OUTPUT = re.compile(r"\$\{output\.([\w.-]+)\}")


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud, which refuses what AWS refuses."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


def declared(environment: str, role: str) -> list[dict[str, Any]]:
    """Return the resources of a role as Ansible evaluates them for an environment."""
    program = [sys.executable, str(Path(__file__).parent / "evaluate_role.py"), environment, role]
    variables = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")}
    done = subprocess.run(program, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def publish(resources: list[dict[str, Any]], client: Callable[[str], Any], environment: str) -> None:
    """Publish what the resources refer to, as the components would, and make the log group of the service."""
    for name in set(_OUTPUT.findall(json.dumps(resources))):
        value = "arn:aws:sns:us-east-1:123456789012:topic" if name.endswith("_arn") else f"value-of-{name}"
        path = f"/slipway/test/{name.replace('.', '/', 1)}"
        client("ssm").put_parameter(Name=path, Value=value, Type="String", Overwrite=True)
    logs = client("logs")
    if not logs.describe_log_groups(logGroupNamePrefix=f"/slipway/{environment}/web")["logGroups"]:
        logs.create_log_group(logGroupName=f"/slipway/{environment}/web")


@pytest.mark.parametrize("role", ["alarms", "dashboards"])
@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_it_is_made_once_and_left_alone(
    converge: Converge, client: Callable[[str], Any], environment: str, role: str
) -> None:
    resources = declared(environment, role)
    publish(resources, client, environment)
    assert len(converge(resources).changed) == len(resources)
    assert converge(resources).changed == {}
    assert converge(resources, check=True).changed == {}
    assert "${" not in json.dumps(client("cloudwatch").describe_alarms()["MetricAlarms"], default=str)
    assert len(converge(resources, absent=True).changed) == len(resources)
