"""A local cloud for each worker; environments stand in it side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from rehearsal import cli
from tests.e2e.environment import Environment, end_begun

TIME_SCALE = 60.0
ENVIRONMENTS = ("dev", "staging", "prod")
UNLIKE = ("dev", pytest.param("staging", marks=pytest.mark.soak), "prod")
#: What the second worker does; it takes about as long as all the rest. Three workers starve each other on two cores.
SECOND = (
    "[prod]",
    "[staging]",
    "test_before_changes.py",
    "test_chaos.py",
    "test_engines.py",
    "test_failure_modes.py",
    "test_gates.py",
    "test_killed.py",
    "test_promotion.py",
    "test_release.py",
    "test_scaling.py",
    "test_switch.py",
    "test_what_is_protected_stays",
)
#: Files that come first: with an empty account, an undisturbed dev, its first version, and versions that were never
#: refused. Those that come last remove what stands.
EARLIER = ("test_empty_account", "test_killed", "test_promotion", "test_release")
LATER = ("test_teardown",)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files into the order that they need, however pytest has grouped the environments."""
    order = {name: place - len(EARLIER) for place, name in enumerate(EARLIER)} | dict.fromkeys(LATER, 1)
    items.sort(key=lambda item: order.get(item.path.stem, 0))


class CloudEach(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Gives each worker its share, in order; a worker has one cloud."""

    def _split_scope(self, nodeid: str) -> str:
        return "second" if any(part in nodeid for part in SECOND) else "first"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> CloudEach:
    """Return what shares the tests out."""
    return CloudEach(config, log)


class Stand:
    """Gives environments that stand, each made once in a worker's cloud: platform, images, services."""

    def __init__(self, cloud: dict[str, str], logs: Path) -> None:
        self.cloud = cloud
        self.logs = logs
        self.made: dict[str, Environment] = {}

    def __call__(self, name: str) -> Environment:
        """Return an environment that stands."""
        if name not in self.made:
            environment = Environment(name, self.cloud, self.logs)
            environment.stand_up()
            self.made[name] = environment
        return self.made[name]


@pytest.fixture(autouse=True)
def _nothing_goes_on() -> Iterator[None]:
    """Let no run outlive the test that began it."""
    yield
    end_begun()


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
    """Return what gives environments that stand."""
    return Stand(cloud, logs)


@pytest.fixture(scope="session", params=ENVIRONMENTS)
def standing(request: pytest.FixtureRequest, stand: Stand) -> Environment:
    """Return each environment in turn, standing."""
    return stand(request.param)


@pytest.fixture(scope="session", params=UNLIKE)
def unlike(request: pytest.FixtureRequest, stand: Stand) -> Environment:
    """Return those environments that differ most, standing; the third in long sweeps only."""
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
