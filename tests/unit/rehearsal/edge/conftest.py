import pytest

from tests.unit.rehearsal.edge.cloud import Balancer, Cloud, Network


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    one = Cloud(tmp_path_factory.mktemp("cloud"))
    yield one
    one.stop()


@pytest.fixture(scope="module")
def network(cloud):
    return Network(cloud)


@pytest.fixture(scope="module")
def alb(network):
    return Balancer(network)
