"""AppConfig: configurations that are checked, reach everybody bit by bit, and are taken back when an alarm rings."""

from __future__ import annotations

from rehearsal.appconfig.mover import AppConfigMover
from rehearsal.world import World


def create(world: World) -> AppConfigMover:
    """Return the mover of this part of the cloud."""
    return AppConfigMover(world)
