"""Logs, metrics and traces of a service: copy the directory, set it up as ``app.server`` does, add the middleware.

Configured by the environment alone; :class:`app.telemetry.settings.Settings` lists the variables.
"""

from __future__ import annotations

from app.telemetry import export, levels, metrics
from app.telemetry.settings import Settings


def set_up(settings: Settings) -> metrics.Metrics:
    """Begin to trace and to count, and follow the level of logs; what is returned is stopped when the service ends."""
    if settings.level_parameter:
        levels.follow(settings)
    export.set_up(settings)
    return metrics.Metrics(settings)
