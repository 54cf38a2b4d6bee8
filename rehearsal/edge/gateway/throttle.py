"""How often a route may be called: a bucket of ``burst`` requests that fills with ``rate`` a second."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.clock import Clock

Key = tuple[str, ...]


class Throttle:
    """The buckets of all routes.

    Args:
        clock: virtual time, in which they fill.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._left: dict[Key, tuple[float, float]] = {}

    def takes(self, key: Key, settings: Mapping[str, Any]) -> bool:
        """Say whether one more request may pass by ``ThrottlingRateLimit`` and ``ThrottlingBurstLimit``."""
        if "ThrottlingRateLimit" not in settings and "ThrottlingBurstLimit" not in settings:
            return True
        rate, burst = float(settings.get("ThrottlingRateLimit", 0)), float(settings.get("ThrottlingBurstLimit", 0))
        now = self.clock.now()
        left, at = self._left.get(key, (burst, now))
        left = min(burst, left + (now - at) * rate)
        self._left[key] = (max(left - 1, 0.0) if left >= 1 else left, now)
        return left >= 1
