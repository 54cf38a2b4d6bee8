"""Tasks that log in as the database's administrator: to nobody but the database, and with images that can be pinned."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from tools.deployer_policy import ROOT

ROLES = ("database_access", "restore_drill")
DIGEST = f"sha256:{'0' * 64}"


@cache
def container(role: str) -> dict[str, Any]:
    """Return the container that a role's task runs, with a digest."""
    wanted = [["dev", {f"{role}_digest": DIGEST}, [role], ["web"]]]
    command = [sys.executable, "tools/rendered.py", json.dumps(wanted)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (task,) = [one for one in json.loads(told)[0]["web"] if one["type"] == "ecs_task_definition"]
    (found,) = task["properties"]["containerDefinitions"]
    return dict(found)


@pytest.mark.parametrize("role", ROLES)
def test_the_database_proves_that_nobody_stands_between(role: str) -> None:
    environment = {one["name"]: one["value"] for one in container(role)["environment"]}
    assert (environment["PGSSLMODE"], environment["PGCHANNELBINDING"]) == ("require", "require")


@pytest.mark.parametrize("role", ROLES)
def test_the_image_is_the_one_of_the_digest(role: str) -> None:
    assert container(role)["image"] == f"public.ecr.aws/docker/library/postgres@{DIGEST}"


def test_a_services_password_is_sent_when_the_session_stands() -> None:
    asked = [one for one in container("database_access")["command"] if "SERVICE_PASSWORD" in one or "PGOPTIONS" in one]
    assert asked == [r"\copy pg_temp.given from program 'printenv SERVICE_PASSWORD'"]
