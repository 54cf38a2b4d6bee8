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


#: Given to a release of web, and a part of the message.
OF_RELEASES: dict[str, tuple[dict[str, object], str]] = {
    "steps that are no shares": ({"image_tag": "1.1.0", "release_steps": [10, 150]}, "release_steps: step 2 is 150"),
    "a port that is none": ({"image_tag": "1.1.0", "service_port": 99_999}, "service_port is 99999; allowed are"),
    "a template": ({"image_tag": "{{ nobody_knows }}"}, "which is a template; give -e image_tag=TEXT"),
    "a line more": ({"image_tag": "1.1.0\n- evil"}, "image_tag is '1.1.0"),
    "another alphabet": ({"image_tag": "1.1.\u0660\u202e"}, "allowed are 1 to 128 of letters"),
}


@pytest.mark.parametrize("case", OF_RELEASES)
def test_a_release_begins_with_nothing_that_is_wrong(case: str, cloud: dict[str, str], logs: Path) -> None:
    values, expected = OF_RELEASES[case]
    environment = Environment("dev", cloud, logs)
    before = quiet()
    refused = environment.playbook("playbooks/release.yml", "-e", json.dumps({"service": "web", **values}), expect=2)
    assert expected in refused.said
    assert calls() == before
