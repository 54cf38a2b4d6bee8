"""The one clock: real time, or in a rehearsal a time in which bake minutes take seconds."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from .resource import ConvergeError

#: Real seconds that anything is given in a rehearsal: processes on a busy machine know no virtual time.
LEAST_PATIENCE = 90.0
#: Real seconds that a write is given in a rehearsal until a read shows it.
LEAST_LOOK = 2.0


def on_this_machine(url: str) -> bool:
    """Say whether a URL is of the machine that asks."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Clock:
    """Virtual seconds to real seconds and back.

    Args:
        environment: read for ``SLIPWAY_TIME_SCALE``, virtual seconds in a real one, and ``AWS_ENDPOINT_URL``.

    Raises:
        ConvergeError: the scale is not a positive number, or is not 1 though the endpoint is AWS itself.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        text = environment.get("SLIPWAY_TIME_SCALE", "1")
        try:
            self.scale = float(text)
        except ValueError:
            self.scale = 0.0
        if self.scale <= 0:
            raise ConvergeError(f"SLIPWAY_TIME_SCALE is {text!r}; a positive number is allowed")
        if self.scale != 1 and not on_this_machine(environment.get("AWS_ENDPOINT_URL", "")):
            raise ConvergeError(
                f"SLIPWAY_TIME_SCALE is {text}, but AWS_ENDPOINT_URL is not on this machine: time is scaled in"
                " rehearsals only. Unset SLIPWAY_TIME_SCALE"
            )

    def real(self, seconds: float) -> float:
        """Return the real seconds that ``seconds`` virtual ones take."""
        return seconds / self.scale

    def patience(self, seconds: float) -> float:
        """Return how many virtual seconds to wait at most: in a rehearsal, never less than LEAST_PATIENCE real ones."""
        return seconds if self.scale == 1 else max(seconds, LEAST_PATIENCE * self.scale)

    def showing(self, seconds: float) -> int:
        """Return how many virtual seconds to look for a write: in a rehearsal, at least LEAST_LOOK real ones."""
        return round(seconds if self.scale == 1 else max(seconds, LEAST_LOOK * self.scale))

    def now(self) -> float:
        """Return virtual seconds; only differences mean anything."""
        return time.monotonic() * self.scale


def timestamp(moment: float) -> str:
    """Return seconds since 1970 as AWS takes times."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
