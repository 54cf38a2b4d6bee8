"""How far errors come in bursts: their variance-to-mean ratio, measured on each version alone.

A client that retries turns one error into several on the same version. They are no more evidence than one, and a test
that counts them singly cries wolf. What matters is how unevenly errors fall on equal shares of requests, so each
stretch of a version's samples is compared with the one before: given their sum, independent errors split between the
two like the flips of a coin, and the squared deviation over its binomial expectation is the ratio sought. Neighbours
are compared, so that slow changes (load, a day's rhythm) count little; stretches of several samples find what lasts
longer than one, such as slowness that is correlated in time.
"""

from __future__ import annotations

from math import sqrt

#: Lengths in samples of the stretches that are compared.
STRETCHES = (1, 2, 4, 8)


class _Series:
    """Running sums of one version's requests and counts."""

    def __init__(self) -> None:
        self.requests, self.counts = [0], [0]

    def add(self, requests: int, count: int) -> None:
        self.requests.append(self.requests[-1] + requests)
        self.counts.append(self.counts[-1] + count)

    def compare(self, length: int) -> tuple[float, int]:
        """Return the square of the last stretch against the one before, and the counts of both."""
        counts, requests = self.counts, self.requests
        if len(counts) <= 2 * length:
            return 0.0, 0
        total = counts[-1] - counts[-1 - 2 * length]
        share = (requests[-1] - requests[-1 - length]) / (requests[-1] - requests[-1 - 2 * length])
        deviation = counts[-1] - counts[-1 - length] - share * total
        return deviation * deviation / (share * (1 - share)), total


class Bursts:
    """A variance-to-mean ratio that is measured while samples come in.

    Args:
        prior: ratio that is believed before anything was measured.
        pairs: how many pairs of samples that belief counts for; errors: how many errors at least.
    """

    def __init__(self, prior: float, pairs: float = 5.0, errors: float = 10.0) -> None:
        self._prior, self._pairs, self._errors = prior, pairs, errors
        self._versions = (_Series(), _Series())
        self._squares = [0.0] * len(STRETCHES)
        self._totals = [0] * len(STRETCHES)

    def add(self, requests: tuple[int, int], counts: tuple[int, int]) -> None:
        """Take in a sample of both versions."""
        for version, received, count in zip(self._versions, requests, counts, strict=True):
            if received:
                version.add(received, count)
                for place, length in enumerate(STRETCHES):
                    square, total = version.compare(length)
                    self._squares[place] += square
                    self._totals[place] += total

    @property
    def ratio(self) -> float:
        """The ratio by what is known so far, at least 1."""
        return max(1.0, self._between_samples(), *map(self._between_stretches, range(1, len(STRETCHES))))

    @property
    def _samples(self) -> int:
        return len(self._versions[0].counts) - 1

    def _between_samples(self) -> float:
        """Return the ratio between neighbours with the prior, less the standard error it has without bursts."""
        pairs = self._samples - 1
        if pairs < 1:
            return self._prior
        weight = max(self._errors, self._pairs * self._totals[0] / pairs)
        total = self._totals[0] + weight
        ratio = (self._squares[0] + self._prior * weight) / total
        return ratio - sqrt(3 / (self._pairs + min(pairs, total / ratio)))

    def _between_stretches(self, place: int) -> float:
        """Return the ratio between longer stretches, of which there are few, as far as it is more than chance."""
        pairs = self._samples / STRETCHES[place] - 1
        if pairs < 1 or not self._totals[place]:
            return 1.0
        return self._squares[place] / self._totals[place] / (1 + sqrt(3 / pairs))
