"""A shop for the tests of this directory, with the real load balancer, in which a minute takes a second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.rehearsal.deployments.shop import Shop, Site, opened

SCALE = 60.0


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a cloud with three versions of an image pushed and registered."""
    with opened(tmp_path_factory.mktemp("shop"), SCALE, "moving", {}) as one:
        yield one


@pytest.fixture
def site(shop: Shop) -> Iterator[Site]:
    """Return a service's place behind the load balancer; what runs there ends with the test."""
    one = Site(shop)
    yield one
    shop.ecs.delete_service(cluster=shop.cluster_name, service=one.name, force=True)
