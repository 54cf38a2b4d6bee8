"""Alarms ring for what they are for, tell people once, and fall silent again."""

from __future__ import annotations

import re

import pytest

from rehearsal.drill.causes import CAUSES
from tests.e2e.conftest import Stand
from tests.e2e.environment import Environment

_LINE = re.compile(r'"([\w-]+) +([\w-]+) +\d+ min +\d+ min +(.+?)"')
SAMPLE = ("attack", "certificate-days")


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    return stand("dev")


def drilled(environment: Environment, *arguments: str) -> dict[str, str]:
    """Drill, and return by alarm who told people."""
    output = environment.playbook("playbooks/alarm_drill.yml", *arguments).output
    return {alarm: told for _, alarm, told in _LINE.findall(output)}


def test_a_sample_rings_tells_and_is_silent_again(dev: Environment) -> None:
    told = drilled(dev, "-e", f"causes={','.join(SAMPLE)}")
    assert told == {
        "firewall-blocked": "by firewall",
        "firewall": "people",
        "certificate-days": "by certificate",
        "certificate": "people",
    }


@pytest.mark.soak
def test_every_cause_and_the_environment_is_as_before(dev: Environment) -> None:
    told = drilled(dev)
    for cause in CAUSES:
        for page in cause.pages:
            assert told[page] == "people", cause
    assert dev.playbook("site.yml").changed == {}


def test_a_drill_runs_in_a_local_cloud_only(dev: Environment) -> None:
    elsewhere = Environment("dev", {**dev.variables, "AWS_ENDPOINT_URL": "https://aws.example.com"}, dev.logs)
    refused = elsewhere.playbook("playbooks/alarm_drill.yml", expect=2)
    assert "A drill breaks what it drills" in " ".join(refused.output.split())
