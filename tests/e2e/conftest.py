"""One local cloud for the whole run; environments stand in it side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal import cli
from tests.e2e.environment import Environment

TIME_SCALE = 30.0
ENVIRONMENTS = ("dev", "staging", "prod")


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start a local cloud of its own and return the variables that lead to it."""
    os.environ["SLIPWAY_REHEARSAL_DIR"] = str(tmp_path_factory.mktemp("cloud"))
    cli.start(TIME_SCALE, os.getpid())
    yield {**os.environ, **cli.order("status")["environment"]}
    cli.down()


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the output of playbooks goes."""
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="session", params=ENVIRONMENTS)
def standing(request: pytest.FixtureRequest, cloud: dict[str, str], logs: Path) -> Environment:
    """Return an environment that stands: platform, images, services."""
    environment = Environment(request.param, cloud, logs)
    environment.stand_up()
    return environment
