"""One local cloud for the whole run; environments stand in it side by side."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from rehearsal import cli
from tests.e2e.environment import Environment

TIME_SCALE = 60.0
ENVIRONMENTS = ("dev", "staging", "prod")
Stand = Callable[[str], Environment]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tear down last."""
    items.sort(key=lambda item: item.path.stem == "test_teardown")


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start a local cloud of its own and return the variables that lead to it."""
    os.environ["SLIPWAY_REHEARSAL_DIR"] = str(tmp_path_factory.mktemp("cloud"))
    with cli.running_cloud(TIME_SCALE) as variables:
        yield variables


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the output of playbooks goes."""
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="session")
def stand(cloud: dict[str, str], logs: Path) -> Stand:
    """Return a function that gives an environment that stands, made once: platform, images, services."""

    @cache
    def standing_environment(name: str) -> Environment:
        environment = Environment(name, cloud, logs)
        environment.stand_up()
        return environment

    return standing_environment


@pytest.fixture(scope="session", params=ENVIRONMENTS)
def standing(request: pytest.FixtureRequest, stand: Stand) -> Environment:
    """Return each environment in turn, standing."""
    return stand(request.param)


@pytest.fixture(scope="session")
def standing_dev(stand: Stand) -> dict[str, int]:
    """Return how many resources of each type a dev that nobody disturbed has."""
    return stand("dev").inventory()


@pytest.fixture
def fresh(logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Environment]:
    """Return dev in an empty cloud of its own."""
    monkeypatch.setenv("SLIPWAY_REHEARSAL_DIR", str(tmp_path))
    with cli.running_cloud(TIME_SCALE) as variables:
        yield Environment("dev", variables, logs)
