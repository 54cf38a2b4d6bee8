"""What Application Auto Scaling did: remembered, and told by DescribeScalingActivities."""

from __future__ import annotations

import uuid
from typing import Any

from rehearsal.metrics.kept import moment
from rehearsal.world import World

KEPT = "autoscaling.activities"
#: Activities that are remembered of a cloud; AWS keeps six weeks.
REMEMBERED = 1000
WAITS, FULFILLED = "Waiting for change to be fulfilled by ecs.", "Change successfully fulfilled by ecs."
DIMENSION = "ecs:service:DesiredCount"


def remember(world: World, region: str, resource_id: str, text: str, cause: str) -> dict[str, Any]:
    """Add an activity that begins now, the newest first, and return it."""
    activities = told(world, region)
    found = {
        "ActivityId": str(uuid.uuid4()),
        "ServiceNamespace": "ecs",
        "ResourceId": resource_id,
        "ScalableDimension": DIMENSION,
        "Description": text,
        "Cause": cause,
        "StartTime": moment(world.clock.now()),
        "StatusCode": "InProgress",
        "StatusMessage": f"Successfully {text[0].lower()}{text[1:]} {WAITS}",
    }
    activities.insert(0, found)
    del activities[REMEMBERED:]
    return found


def told(world: World, region: str) -> list[dict[str, Any]]:
    """Return the activities of a region, the newest first."""
    found: list[dict[str, Any]] = world.kept(KEPT).setdefault(region, [])
    return found


def settle(world: World, region: str, resource_id: str, *, fulfilled: bool) -> None:
    """End the activities of a resource: the newest once its tasks are there, older ones because of it."""
    mine = [one for one in told(world, region) if one["ResourceId"] == resource_id and "EndTime" not in one]
    for place, one in enumerate(mine):
        if place or fulfilled:
            one["EndTime"] = moment(world.clock.now())
            one["StatusCode"] = "Overridden" if place else "Successful"
            one["StatusMessage"] = one["StatusMessage"].replace(WAITS, FULFILLED)
