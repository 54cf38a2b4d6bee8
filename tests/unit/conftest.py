"""What all unit tests share."""

import os
from pathlib import Path
from typing import Any

# Before moto is imported: it would make a thousand machine images for every cloud.
os.environ.setdefault("MOTO_AMIS_PATH", str(Path(__file__).parents[2] / "rehearsal" / "no_images.json"))

import pytest
from hypothesis import HealthCheck, settings

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from tests.unit.sharing_out import ROOT, ByShare, rank

# How fast an example is made says something of the machine, and nothing of what is tested.
settings.register_profile("slipway", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("slipway")


@pytest.fixture(autouse=True)
def _nothing_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait no minute for what a test has made fail for good."""
    monkeypatch.setattr(Cloud, "outage", 0.0)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have those begin first that take longest."""
    items.sort(key=lambda item: rank(str(item.path.relative_to(ROOT))))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByShare:
    """Return what shares the tests out."""
    config.option.loadscopereorder = False
    return ByShare(config, log)
