"""A token bucket, the way AWS itself limits calls: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html."""

from __future__ import annotations

import threading


class TokenBucket:
    """Tokens that come back at a steady rate; a call takes one, ahead of time if there is none.

    Args:
        rate: tokens that come back each second.
        burst: tokens that it holds when full, as at first.
    """

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._seen: float | None = None
        self._lock = threading.Lock()

    def take(self, now: float) -> float:
        """Take a token at ``now``, in seconds of any clock; return the seconds to wait before using it."""
        with self._lock:
            passed = 0.0 if self._seen is None else max(0.0, now - self._seen)
            self._seen = now if self._seen is None else max(now, self._seen)
            self._tokens = min(self._burst, self._tokens + passed * self._rate) - 1
            return max(0.0, -self._tokens / self._rate)
