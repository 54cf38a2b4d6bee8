"""Tags of services, which live here and not in moto."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, operation
from rehearsal.tasks.hooks_services import mover_of
from rehearsal.tasks.shown import tag_list


def _tags(call: Call) -> dict[str, str] | None:
    service = mover_of(call).services.get(call.params["resourceArn"])
    return service.tags if service else None


@operation("ecs", "TagResource")
def tag_resource(call: Call) -> dict[str, Any] | None:
    """Tag a service; moto tags everything else."""
    tags = _tags(call)
    if tags is None:
        return None
    tags.update({tag["key"]: tag["value"] for tag in call.params["tags"]})
    return {}


@operation("ecs", "UntagResource")
def untag_resource(call: Call) -> dict[str, Any] | None:
    """Untag a service."""
    tags = _tags(call)
    if tags is None:
        return None
    for key in call.params["tagKeys"]:
        tags.pop(key, None)
    return {}


@operation("ecs", "ListTagsForResource")
def list_tags(call: Call) -> dict[str, Any] | None:
    """List the tags of a service."""
    tags = _tags(call)
    return None if tags is None else {"tags": tag_list(tags)}
