"""A shop in which experiments disturb what serves, and a minute takes a second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rehearsal.clock import Clock
from rehearsal.control.overlay import HOOKS, import_hooks
from rehearsal.control.server import Server
from rehearsal.edge.hooks_elbv2 import describe_target_health
from rehearsal.injection import create as create_injection
from rehearsal.metrics import create as create_metrics
from rehearsal.world import World
from tests.unit.rehearsal.deployments.shop import Shop
from tests.unit.rehearsal.shared_account import raise_quotas

SCALE = 60.0


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop whose requests are counted, to which this process is a client of AWS."""
    for package in ("control", "metrics", "tasks", "edge", "deployments", "codedeploy", "injection"):
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
    one.prefix = "disturbed"
    for create in (create_metrics, create_injection):
        mover = create(world)
        world.movers[mover.name] = mover
        mover.start()
    one.mover.start()
    one.build()
    settings = {"ENDPOINT_URL": world.endpoint, "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b"}
    for name, value in settings.items():
        patch.setenv(f"AWS_{name}", value)
    patch.setenv("SLIPWAY_TIME_SCALE", f"{SCALE:g}")
    patch.delenv("AWS_PROFILE", raising=False)
    yield one
    for mover in reversed(world.movers.values()):
        mover.stop()
    world.end_children()
    server.stop()
    patch.undo()
