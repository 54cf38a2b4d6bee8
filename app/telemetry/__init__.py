"""Logs, metrics and traces of a service: copy the directory, set it up as ``app.server`` does, add the middleware.

Configured by the environment alone; :class:`app.telemetry.settings.Settings` lists the variables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import export, levels, metrics
from .settings import Settings

if TYPE_CHECKING:
    from .exposition import Exposition


def set_up(settings: Settings) -> metrics.Metrics:
    """Begin to trace and to count, and follow the level of logs; what is returned is stopped when the service ends."""
    if settings.level_parameter:
        levels.follow(settings)
    export.set_up(settings)
    return metrics.Metrics(settings, exposition=_exposition(settings))


def _exposition(settings: Settings) -> Exposition | None:
    """Answer Prometheus when there is a port for it; what it costs to import is paid only then."""
    if not settings.metrics_port:
        return None
    from .exposition import Exposition  # noqa: PLC0415

    return Exposition(settings)
