"""What both versions did, minute by minute, as the verdict is given it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .numbers import CanaryError, known, number

COUNTS = ("requests", "errors", "slow")


class Side(NamedTuple):
    """Counts of one version in one sample.

    Attributes:
        requests: received, whatever the weights said; errors: of these, answered with 5xx; slow: of these, later than
            the latency objective.
    """

    requests: int
    errors: int
    slow: int


class Sample(NamedTuple):
    """One interval of time.

    Attributes:
        minute: when; stable, candidate: what they did, ``None`` when nobody knows.
    """

    minute: float
    stable: Side | None
    candidate: Side | None

    @property
    def whole(self) -> bool:
        """Whether both versions are known."""
        return self.stable is not None and self.candidate is not None


def read_samples(where: str, samples: Any) -> list[Sample]:
    """Return samples in order of time; of two of the same minute the later in the list counts.

    Raises:
        CanaryError: a sample has another shape.
    """
    if isinstance(samples, str | Mapping) or not isinstance(samples, Iterable):
        raise CanaryError(
            f"{where} is {samples!r}; a list of samples is allowed, each with minute, stable and candidate"
        )
    found = (_sample(f"{where}[{place}]", entry) for place, entry in enumerate(samples))
    return sorted({sample.minute: sample for sample in found}.values())


def _sample(where: str, entry: Any) -> Sample:
    if not isinstance(entry, Mapping) or "minute" not in entry:
        raise CanaryError(f"{where} is {entry!r}; a dictionary with minute, stable and candidate is allowed")
    known(where, entry, ("minute", "stable", "candidate"))
    minute = number(f"{where}.minute", entry["minute"], 0, 1e12)
    return Sample(
        minute, _side(f"{where}.stable", entry.get("stable")), _side(f"{where}.candidate", entry.get("candidate"))
    )


def _side(where: str, counts: Any) -> Side | None:
    """Return the counts of one version; what was counted backwards is as good as missing."""
    if counts is None:
        return None
    if not isinstance(counts, Mapping):
        raise CanaryError(
            f"{where} is {counts!r}; a dictionary with {', '.join(COUNTS)} is allowed, or null when missing"
        )
    known(where, counts, COUNTS)
    requests, errors, slow = (int(number(f"{where}.{name}", counts.get(name), -1e12, 1e12)) for name in COUNTS)
    if min(requests, errors, slow) < 0:
        return None
    # A request is counted when it comes and its error when it is answered, which may be in the next minute.
    return Side(max(requests, errors, slow), errors, slow)
