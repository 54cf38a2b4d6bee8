"""Where CloudWatch's state lies: metrics in one store, alarms where moto looks for them, the history beside."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rehearsal.metrics.store import Store
from rehearsal.world import World

if TYPE_CHECKING:
    from rehearsal.metrics.alarm import Alarm

#: Items that are remembered of a region; AWS keeps thirty days.
REMEMBERED = 10_000


def metrics(world: World) -> Store:
    """Return the metrics of a cloud."""
    with world.lock:
        found: Store = world.store.setdefault("cloudwatch.metrics", Store())
        return found


def lock(world: World) -> threading.RLock:
    """Return what guards the alarms of a cloud while they change."""
    with world.lock:
        found: threading.RLock = world.store.setdefault("cloudwatch.lock", threading.RLock())
        return found


def alarms(world: World, region: str) -> dict[str, Alarm]:
    """Return the alarms of a region by their names: moto tags and deletes them, the rest is ours."""
    regions = world.kept("cloudwatch.regions")
    regions[region] = True
    found: dict[str, Alarm] = world.backend("cloudwatch", region).alarms
    for name in [name for name, one in found.items() if not hasattr(one, "params")]:
        del found[name]  # moto's own, of target tracking: policies do not act here, and so neither do their alarms
    return found


def regions(world: World) -> list[str]:
    """Return the regions that had alarms."""
    return list(world.kept("cloudwatch.regions"))


def history(world: World, region: str) -> list[dict[str, Any]]:
    """Return what happened to alarms of a region, oldest first, in the API's own form."""
    found: list[dict[str, Any]] = world.kept("cloudwatch.history").setdefault(region, [])
    return found


def moment(seconds: float) -> datetime:
    """Return virtual seconds since 1970 as what the API answers with."""
    return datetime.fromtimestamp(seconds, UTC)


def seconds(at: datetime) -> float:
    """Return the virtual seconds since 1970 of a moment that a client sent."""
    return at.replace(tzinfo=at.tzinfo or UTC).timestamp()
