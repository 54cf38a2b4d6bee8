"""What all unit tests share."""

import os
from pathlib import Path
from typing import Any

# Before moto is imported: it would make a thousand machine images for every cloud.
os.environ.setdefault("MOTO_AMIS_PATH", str(Path(__file__).parents[2] / "rehearsal" / "no_images.json"))

import pytest
from hypothesis import HealthCheck, settings

from tests.unit.sharing_out import ROOT, ByShare, rank

# How fast an example is made says something of the machine, and nothing of what is tested.
settings.register_profile("slipway", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("slipway")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have those begin first that take longest."""
    items.sort(key=lambda item: rank(str(item.path.relative_to(ROOT))))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByShare:
    """Return what shares the tests out."""
    config.option.loadscopereorder = False
    return ByShare(config, log)
