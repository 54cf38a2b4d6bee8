"""A shop for the tests of this directory, with the real load balancer, in which a minute takes a second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rehearsal.clock import Clock
from rehearsal.control.overlay import HOOKS, import_hooks
from rehearsal.control.server import Server
from rehearsal.edge.hooks_elbv2 import describe_target_health
from rehearsal.world import World
from tests.unit.rehearsal.deployments.shop import Shop, Site
from tests.unit.rehearsal.shared_account import raise_quotas

SCALE = 60.0


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a cloud with three versions of an image pushed and registered."""
    for package in ("control", "metrics", "tasks", "edge", "deployments", "codedeploy"):
        import_hooks(f"rehearsal.{package}")
    patch = pytest.MonkeyPatch()
    patch.setitem(HOOKS.operations, ("elbv2", "DescribeTargetHealth"), describe_target_health)  # others stand in for it
    world = World(tmp_path_factory.mktemp("shop"), Clock(SCALE))
    raise_quotas(world)
    (world.state_dir / "run").mkdir()
    (world.state_dir / "ca.pem").write_text(world.authority.root_pem, encoding="ascii")
    server = Server(world)
    server.start()
    one = Shop(world)
    one.mover.start()
    one.build()
    yield one
    for mover in reversed(world.movers.values()):
        mover.stop()
    world.end_children()
    server.stop()
    patch.undo()


@pytest.fixture
def site(shop: Shop) -> Iterator[Site]:
    """Return a service's place behind the load balancer; what runs there ends with the test."""
    one = Site(shop)
    yield one
    shop.ecs.delete_service(cluster=shop.cluster_name, service=one.name, force=True)
