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


def reconnect(dev: Environment) -> None:
    """End every connection of the service, as a failover would: the next ones need the password."""
    dev.client("rds").reboot_db_instance(DBInstanceIdentifier="slipway-dev")


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


def test_connections_after_the_rotation_use_the_new_one(dev: Environment) -> None:
    reconnect(dev)
    deadline = time.monotonic() + 60
    while dev.get("/notes") != 200:
        assert time.monotonic() < deadline, "the service does not get back to its database"
        time.sleep(0.5)
    with Load(dev.url, dev.variables) as load:
        time.sleep(2)
    assert load.failures == []


def test_the_administrators_password_rotates_unnoticed(dev: Environment) -> None:
    with Load(dev.url, dev.variables) as load:
        dev.client("rds").modify_db_instance(
            DBInstanceIdentifier="slipway-dev", RotateMasterUserPassword=True, ApplyImmediately=True
        )
        time.sleep(3)
        assert dev.playbook("site.yml", "--limit", "database,database_access").changed == {}
    assert load.failures == []


def test_a_plan_rotates_nothing(dev: Environment) -> None:
    before = password(dev)
    dev.playbook("playbooks/rotate.yml", "--check")
    assert password(dev) == before
