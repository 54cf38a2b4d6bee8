"""A shop in which experiments disturb what serves, and a minute takes a second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rehearsal.injection import create as create_injection
from rehearsal.metrics import create as create_metrics
from tests.unit.rehearsal.deployments.shop import Shop, opened

SCALE = 60.0


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop whose requests are counted, to which this process is a client of AWS."""
    more = {"metrics": create_metrics, "injection": create_injection}
    directory = tmp_path_factory.mktemp("shop")
    with opened(directory, SCALE, "disturbed", more) as one, pytest.MonkeyPatch.context() as patch:
        settings = {"ENDPOINT_URL": one.world.endpoint, "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b"}
        for name, value in settings.items():
            patch.setenv(f"AWS_{name}", value)
        patch.setenv("SLIPWAY_TIME_SCALE", f"{SCALE:g}")
        patch.delenv("AWS_PROFILE", raising=False)
        yield one
