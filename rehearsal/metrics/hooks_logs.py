"""Log events of clients that carry metrics; those of tasks come from their processes."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, after
from rehearsal.metrics.embedded import take


@after("logs", "PutLogEvents")
def take_events(call: Call, response: dict[str, Any]) -> None:
    """Take the metrics out of events."""
    del response
    for event in call.params["logEvents"]:
        take(call.world, call.region, event["message"])
