"""KMS: the rotation period, which moto forgets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from rehearsal.control.overlay import Call, after

YEAR = 365


def _key_id(call: Call) -> str:
    return str(call.params["KeyId"]).rsplit("/", 1)[-1]


@after("kms", "EnableKeyRotation")
def keep_period(call: Call, response: dict[str, Any]) -> None:
    """Keep the period."""
    del response
    call.world.kept("kms.rotation")[call.region, _key_id(call)] = call.params.get("RotationPeriodInDays", YEAR)


@after("kms", "GetKeyRotationStatus")
def show_period(call: Call, response: dict[str, Any]) -> None:
    """Return the period and the next date, while rotation is on."""
    if response.get("KeyRotationEnabled"):
        days = call.world.kept("kms.rotation").get((call.region, _key_id(call)), YEAR)
        response["RotationPeriodInDays"] = days
        response["NextRotationDate"] = datetime.now(UTC) + timedelta(days=days)
