"""A local cloud in this process, with nothing in it that acts by itself yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rehearsal import scratch
from rehearsal.clock import Clock
from rehearsal.control.overlay import import_hooks
from rehearsal.control.server import Server
from rehearsal.world import World
from tests.unit.rehearsal.shared_account import prepare_account


@contextmanager
def served(directory: Path, scale: float, packages: Iterable[str]) -> Iterator[World]:
    """Serve the API of a world; its processes end with it, and whoever starts movers stops them before.

    Args:
        directory: a new one.
        scale: how many times as fast as time it is.
        packages: of the local cloud, whose hooks it has.
    """
    for package in packages:
        import_hooks(f"rehearsal.{package}")
    world = World(directory, Clock(scale))
    prepare_account(world)
    (world.state_dir / "run").mkdir()
    (world.state_dir / "ca.pem").write_text(world.authority.root_pem, encoding="ascii")
    server = Server(world)
    server.start()
    try:
        yield world
    finally:
        world.end_children()
        server.stop()
        scratch.remove_leftovers(world.state_dir)
