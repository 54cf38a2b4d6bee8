"""A checkout that was left behind changes nothing, and an upgrade that needs something of somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Stand
from tests.e2e.environment import Environment

NAME = "/slipway/dev/state/version"
KEYS = ("site.yml", "--limit", "keys")


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Iterator[Environment]:
    environment = stand("dev")
    own = told(environment)
    yield environment
    tell(environment, own)


def told(dev: Environment) -> str:
    return str(dev.client("ssm").get_parameter(Name=NAME)["Parameter"]["Value"])


def tell(dev: Environment, version: str) -> None:
    dev.client("ssm").put_parameter(Name=NAME, Value=version, Type="String", Overwrite=True)


def test_what_a_newer_version_made_is_left_alone(dev: Environment) -> None:
    tell(dev, "99.0.0")
    refused = dev.playbook(*KEYS, expect=2)
    assert "dev was last changed by Slipway 99.0.0" in refused.said
    assert refused.changed == {}
    dev.playbook(*KEYS, "-e", "upgrade_from=99.0.0")


def test_an_upgrade_names_what_it_needs_and_is_told_once(dev: Environment) -> None:
    tell(dev, "0.0.1")
    planned = dev.playbook("playbooks/plan.yml", "--limit", "state")
    assert "what changed between them needs something of you" in planned.said
    refused = dev.playbook("site.yml", "--limit", "state", expect=2)
    assert "release_bake_minutes" in refused.said
    assert told(dev) == "0.0.1"
    dev.playbook("site.yml", "--limit", "state", "-e", "upgrade_from=0.0.1")
    assert told(dev) != "0.0.1"
    dev.playbook("site.yml", "--limit", "state")
