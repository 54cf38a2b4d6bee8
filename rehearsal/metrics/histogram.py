"""Values kept as a histogram whose buckets are 1 % wide: what percentiles are computed from."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

_WIDTH = math.log(1.01)
_ZERO = -(10**9)  # bucket of everything that is not positive


def _bucket(value: float) -> int:
    return round(math.log(value) / _WIDTH) if value > 0 else _ZERO


@dataclass
class Histogram:
    """Count, sum, extremes and distribution of values; sums are exact, percentiles within half a percent."""

    count: float = 0
    total: float = 0.0
    low: float = math.inf
    high: float = -math.inf
    buckets: Counter[int] = field(default_factory=Counter)

    def add(self, value: float, times: float = 1) -> None:
        """Add a value."""
        self.count += times
        self.total += value * times
        self.low, self.high = min(self.low, value), max(self.high, value)
        self.buckets[_bucket(value)] += times  # type: ignore[assignment]  # AWS allows fractions

    def merge(self, other: Histogram) -> None:
        """Add all values of another one."""
        self.merge_sums(other)
        self.buckets.update(other.buckets)

    def merge_sums(self, other: Histogram) -> None:
        """Add count, sum and extremes of another one: all that simple statistics take, for a tenth of the time."""
        self.count += other.count
        self.total += other.total
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)

    @classmethod
    def summary(cls, count: float, total: float, low: float, high: float) -> Histogram:
        """Return what a set of statistics tells: percentiles only when all values are the same."""
        known: Counter[int] = Counter()
        data = cls(count, total, low, high, known)
        if low == high:
            data.buckets[_bucket(low)] += count  # type: ignore[assignment]  # AWS allows fractions
        return data

    @property
    def whole(self) -> bool:
        """Whether every value is known, and none is negative: what CloudWatch computes percentiles of."""
        return self.low >= 0 and sum(self.buckets.values()) >= self.count

    def percentile(self, share: float) -> float:
        """Return the value below which ``share`` percent of the values lie; NaN when they are not known."""
        if not self.whole:
            return math.nan
        wanted, seen = self.count * share / 100, 0.0
        for bucket in sorted(self.buckets):
            seen += self.buckets[bucket]
            if seen >= wanted:
                return self._value(bucket)
        return self.high

    def share(self, low: float, high: float) -> float:
        """Return the percentage of values above ``low`` and up to ``high``; NaN when they are not known."""
        if not self.whole:
            return math.nan
        inside = sum(number for bucket, number in self.buckets.items() if low < self._value(bucket) <= high)
        return 100 * inside / self.count

    def _value(self, bucket: int) -> float:
        value = math.exp(bucket * _WIDTH) if bucket != _ZERO else min(self.low, 0.0)
        return min(max(value, self.low), self.high)

    def as_list(self) -> list[Any]:
        """Return it as JSON."""
        return [self.count, self.total, self.low, self.high, list(self.buckets.items())]

    @classmethod
    def from_list(cls, document: list[Any]) -> Histogram:
        """Return what :meth:`as_list` wrote."""
        count, total, low, high, buckets = document
        return cls(count, total, low, high, Counter(dict(buckets)))
