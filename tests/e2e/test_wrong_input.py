"""Wrong input stops before any call, and says what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.environment import Environment, calls, quiet

MEANT = "swordfish-of-old"
WRONG = {
    "unknown name": ({"network_natt": "one"}, "did you mean network_nat?"),
    "wrong type": ({"database_multi_az": "perhaps"}, "database_multi_az"),
    "not allowed": ({"network_nat": "two"}, "per_zone"),
    "impossible size": (
        {"service_cpu": 256, "service_memory": 700},
        "with service_cpu 256 allowed are 512, 1024, 2048",
    ),
    "secret in a wrong place": ({"service_secrets": [{"TOKEN": {"value": MEANT}}]}, "service_secrets is hidden"),
    "no image": ({"releases": {}}, "set releases.web.image_tag"),
    "unknown environment": ({"env_name": "prdo"}, "allowed are dev, staging, prod"),
    "other environment's inventory": ({"env_name": "prod"}, "another environment's inventory"),
    "unlisted service": ({"environment_services": {"api": {"priority": 1}}}, "not in environment_services"),
}


@pytest.mark.parametrize("case", WRONG)
def test_it_is_named_before_anything_is_called(case: str, cloud: dict[str, str], logs: Path) -> None:
    values, expected = WRONG[case]
    environment = Environment("dev", cloud, logs)
    before = quiet()
    refused = environment.playbook("site.yml", "-e", json.dumps(values), expect=2)
    assert expected in refused.said
    assert MEANT not in refused.said
    assert calls() == before
