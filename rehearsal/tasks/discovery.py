"""Where Prometheus in the local cloud learns what DNS in a VPC would tell it.

https://prometheus.io/docs/prometheus/latest/http_sd/
"""

from __future__ import annotations

import json
import urllib.parse
from typing import TYPE_CHECKING

from rehearsal.tasks import registries

if TYPE_CHECKING:
    from rehearsal.tasks.mover import TaskMover
    from rehearsal.world import World

PLACE = "/task-addresses"


def answer(world: World, query: str) -> bytes:
    """Return the targets of a name as JSON, at addresses of this machine.

    Args:
        world: the local cloud.
        query: with ``name``, ``port`` and ``region``.
    """
    asked = dict(urllib.parse.parse_qsl(query))
    known = registries.addresses(world, asked["region"], asked["name"])
    mover: TaskMover | None = world.movers.get("tasks")  # type: ignore[assignment]
    tasks = [task for task in mover.tasks.values() if task.private_ip in known] if mover else []
    targets = sorted(f"{task.address}:{asked['port']}" for task in tasks if task.status == registries.RUNNING)
    return json.dumps([{"targets": targets, "labels": {"__meta_dns_name": asked["name"]}}]).encode()
