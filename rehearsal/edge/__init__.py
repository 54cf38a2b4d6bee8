"""ELBv2 with a data plane: load balancers that carry requests, in a process of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rehearsal.edge.mover import EdgeMover
    from rehearsal.world import World


def create(world: World) -> EdgeMover:
    """Return the mover of this part of the cloud."""
    from rehearsal.edge.gateway import log_writer  # noqa: PLC0415  as below
    from rehearsal.edge.mover import EdgeMover  # noqa: PLC0415  the edge process does without moto
    from rehearsal.edge.waf_log import take  # noqa: PLC0415  as above

    mover = EdgeMover(world)
    mover.on_stats.append(lambda stats: take(world, stats["log"]))
    mover.on_stats.append(lambda stats: log_writer.take(world, stats["access"]))
    return mover
