"""Application Auto Scaling: tags of scalable targets."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, operation

TAGS = "scaling.tags"


def _tags(call: Call) -> dict[str, str]:
    found: dict[str, str] | None = call.world.kept(TAGS).get(call.params["ResourceARN"])
    if found is None:
        raise Refused("ResourceNotFoundException", f"No scalable target found: {call.params['ResourceARN']}")
    return found


@operation("application-autoscaling", "ListTagsForResource")
def list_tags(call: Call) -> dict[str, Any]:
    """Return the tags."""
    return {"Tags": _tags(call)}


@operation("application-autoscaling", "TagResource")
def tag(call: Call) -> dict[str, Any]:
    """Set tags."""
    _tags(call).update(call.params["Tags"])
    return {}


@operation("application-autoscaling", "UntagResource")
def untag(call: Call) -> dict[str, Any]:
    """Remove tags."""
    for name in call.params["TagKeys"]:
        _tags(call).pop(name, None)
    return {}
