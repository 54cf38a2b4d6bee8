"""Wrong input stops before any call, and says what to do."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from rehearsal import cli
from tests.e2e.environment import Environment

WRONG = {
    "unknown name": ({"network_natt": "one"}, "did you mean network_nat?"),
    "wrong type": ({"database_multi_az": "perhaps"}, "database_multi_az"),
    "not allowed": ({"network_nat": "two"}, "per_zone"),
    "impossible size": (
        {"service_cpu": 256, "service_memory": 700},
        "with service_cpu 256 allowed are 512, 1024, 2048",
    ),
    "no image": ({"releases": {}}, "set releases.web.image_tag"),
    "unknown environment": ({"env_name": "prdo"}, "allowed are dev, staging, prod"),
    "other environment's inventory": ({"env_name": "prod"}, "another environment's inventory"),
    "unlisted service": ({"environment_services": {"api": {"priority": 1}}}, "not in environment_services"),
}


def calls() -> int:
    return sum(cli.order("status")["faults"]["calls"].values())


@pytest.fixture(scope="module")
def quiet_cloud(cloud: dict[str, str]) -> dict[str, str]:
    """Wait until the runs before have given their leases back, so that every call counted is the test's own."""
    before = -1
    while before != calls():
        before = calls()
        time.sleep(2)
    return cloud


@pytest.mark.parametrize("case", WRONG)
def test_it_is_named_before_anything_is_called(case: str, quiet_cloud: dict[str, str], logs: Path) -> None:
    values, expected = WRONG[case]
    environment = Environment("dev", quiet_cloud, logs)
    before = calls()
    refused = environment.playbook("site.yml", "-e", json.dumps(values), expect=2)
    assert expected in " ".join(refused.output.split())
    assert calls() == before
