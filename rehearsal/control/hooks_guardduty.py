"""GuardDuty: one detector an account and region, and its tags, which moto cannot change."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, before, operation


@before("guardduty", "CreateDetector")
def refuse_a_second(call: Call) -> None:
    """Refuse another detector beside the one there is."""
    if call.backend().detectors:
        text = "The request is rejected because a detector already exists for the current account."
        raise Refused("BadRequestException", text)


@operation("guardduty", "TagResource")
def tag(call: Call) -> dict[str, Any]:
    """Tag the detector."""
    _tags(call).update(call.params["Tags"])
    return {}


@operation("guardduty", "UntagResource")
def untag(call: Call) -> dict[str, Any]:
    """Take tags off the detector."""
    for key in call.params["TagKeys"]:
        _tags(call).pop(key, None)
    return {}


def _tags(call: Call) -> dict[str, str]:
    detector = call.backend().detectors.get(call.params["ResourceArn"].rpartition("/")[2])
    if detector is None:
        raise Refused("BadRequestException", "The request is rejected because the detector does not exist.")
    tags: dict[str, str] = detector.tags
    return tags
