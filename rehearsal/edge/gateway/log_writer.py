"""Where access logs of stages go."""

from __future__ import annotations

from rehearsal.tasks.process import LogSink
from rehearsal.world import World


def take(world: World, records: list[dict[str, str]]) -> None:
    """Write the lines of requests, each to the log group of its stage."""
    for record in records:
        region, group = record["group"].split(":")[3], record["group"].partition(":log-group:")[2].removesuffix(":*")
        if group in world.backend("logs", region).groups:
            LogSink(world, region, group, record["stream"]).write(record["line"])
