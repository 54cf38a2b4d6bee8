import pytest

from tests.unit.rehearsal.edge.cloud import Balancer, Cloud, Network
from tests.unit.rehearsal.metrics.watched import Watched


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    one = Cloud(tmp_path_factory.mktemp("cloud"), ("edge", "metrics"), scale=600.0)
    yield one
    one.stop()


@pytest.fixture(scope="module")
def watched(cloud):
    return Watched(cloud)


@pytest.fixture(scope="module")
def network(cloud):
    return Network(cloud)


@pytest.fixture(scope="module")
def alb(network):
    return Balancer(network, "watched")
