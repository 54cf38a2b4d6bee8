"""What the targets of an experiment are, when it begins."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rehearsal.world import World

_MODE = re.compile(r"ALL|(COUNT|PERCENT)\(([1-9]\d*)\)")
WHOLE = 100


def mode_is_known(mode: str) -> bool:
    """Say whether a selection mode is one of FIS."""
    return _MODE.fullmatch(mode) is not None


def resolved(world: World, region: str, target: Mapping[str, Any]) -> list[str]:
    """Return the ARNs that a target names or whose tags it asks for, as many as its selection mode says."""
    there = _KINDS[target["resourceType"]](world, region)
    if target.get("resourceArns"):
        found = [arn for arn in target["resourceArns"] if arn in there]
    else:
        wanted = target["resourceTags"].items()
        found = [arn for arn, tags in there.items() if wanted <= tags.items()]
    return _selected(sorted(found), target["selectionMode"])


def _selected(found: list[str], mode: str) -> list[str]:
    kind, number = _MODE.fullmatch(mode).groups()  # type: ignore[union-attr]  # it was checked with the template
    if kind is None:
        return found
    wanted = int(number) if kind == "COUNT" else len(found) * int(number) // WHOLE
    return sorted(random.sample(found, min(wanted, len(found))))


def _tasks(world: World, region: str) -> dict[str, dict[str, str]]:
    tasks: Any = world.movers["tasks"]
    running = [task for task in list(tasks.tasks.values()) if task.region == region and task.steady]
    return {task.arn: {one["key"]: one["value"] for one in task.request.get("tags", [])} for task in running}


def _subnets(world: World, region: str) -> dict[str, dict[str, str]]:
    backend = world.backend("ec2", region)
    return {
        f"arn:aws:ec2:{region}:{world.account}:subnet/{subnet.id}": {
            one["key"]: one["value"] for one in subnet.get_tags()
        }
        for zone in list(backend.subnets.values())
        for subnet in list(zone.values())
    }


def _databases(world: World, region: str) -> dict[str, dict[str, str]]:
    return {
        one.db_instance_arn: {tag["Key"]: tag["Value"] for tag in one.tags}
        for one in list(world.backend("rds", region).databases.values())
    }


_KINDS = {"aws:ecs:task": _tasks, "aws:ec2:subnet": _subnets, "aws:rds:db": _databases}
