"""One virtual clock: bake minutes become seconds, and nothing else differs from AWS."""

from __future__ import annotations

import time


class Clock:
    """Virtual time that runs ``scale`` times as fast as real time.

    Args:
        scale: virtual seconds in a real one; 1 is real time.
        origin: of another process' clock that this one is to agree with.
    """

    def __init__(self, scale: float = 1.0, origin: tuple[float, float] | None = None) -> None:
        if scale <= 0:
            raise ValueError(f"time scale is {scale}; a positive number is allowed")
        self.scale = scale
        self._epoch, self._begun = origin or (time.time(), time.monotonic())

    @property
    def origin(self) -> tuple[float, float]:
        """When it began: in seconds since 1970, and by the machine's monotonic clock, which all processes share."""
        return self._epoch, self._begun

    def now(self) -> float:
        """Return virtual seconds since 1970; it starts at the real time."""
        return self._epoch + (time.monotonic() - self._begun) * self.scale

    def real_time(self, moment: float) -> float:
        """Return when, in real seconds since 1970, a moment of virtual time is or was."""
        return self._epoch + (moment - self._epoch) / self.scale

    def real(self, seconds: float) -> float:
        """Return the real seconds that ``seconds`` virtual ones take."""
        return seconds / self.scale

    def sleep(self, seconds: float) -> None:
        """Sleep virtual seconds."""
        time.sleep(self.real(seconds))
