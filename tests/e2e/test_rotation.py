"""Passwords change while the service serves, and nobody notices."""

from __future__ import annotations

import json
import time

import pytest

from rehearsal.load import Load
from tests.e2e.conftest import Stand
from tests.e2e.environment import Environment

NAME = "slipway-dev/web/database"


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    return stand("dev")


def password(dev: Environment) -> str:
    text = dev.client("secretsmanager").get_secret_value(SecretId=NAME)["SecretString"]
    return str(json.loads(text)["password"])


def test_a_service_survives_the_rotation_of_its_password(dev: Environment) -> None:
    before = password(dev)
    with Load(dev.url, dev.variables) as load:
        told = dev.playbook("playbooks/rotate.yml", "-vvv").output
        time.sleep(2)
    assert load.failures == []
    assert load.read > 50
    after = password(dev)
    assert after != before
    assert before not in told
    assert after not in told
