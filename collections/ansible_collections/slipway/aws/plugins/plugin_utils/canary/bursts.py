"""How far errors come in bursts: their variance-to-mean ratio, measured on the stable version alone.

A client that retries turns one error into several on the same version. They are no more evidence than one, and a test
that counts them singly cries wolf. What matters is how unevenly errors fall on equal shares of requests, so a stretch of
stable samples is compared with the stretch before it: given their sum, independent errors split between the two like
the flips of a coin, and the squared deviation over its binomial expectation is the ratio sought. Neighbours are
compared, so that slow changes (load, a day's rhythm) count little; stretches of several samples find what lasts longer
than one, such as slowness that is correlated in time.
"""

from __future__ import annotations

from math import sqrt

#: Lengths in samples of the stretches that are compared.
STRETCHES = (1, 2, 4, 8)


class Bursts:
    """A variance-to-mean ratio that is measured while samples come in.

    Args:
        prior: ratio that is believed before anything was measured.
        pairs: how many pairs of samples that belief counts for; errors: how many errors at least.
    """

    def __init__(self, prior: float, pairs: float = 5.0, errors: float = 10.0) -> None:
        self._prior, self._pairs, self._errors = prior, pairs, errors
        self._requests, self._counts = [0], [0]
        self._squares = [0.0] * len(STRETCHES)
        self._totals = [0] * len(STRETCHES)
        self.ratio = max(1.0, prior)

    def add(self, requests: int, count: int) -> None:
        """Take in a sample of the stable version."""
        if not requests:
            return
        self._requests.append(self._requests[-1] + requests)
        self._counts.append(self._counts[-1] + count)
        for place, length in enumerate(STRETCHES):
            if len(self._counts) > 2 * length:
                self._compare(place, length)
        self.ratio = max(1.0, self._between_samples(), *map(self._between_stretches, range(1, len(STRETCHES))))

    def _compare(self, place: int, length: int) -> None:
        """Compare the last stretch of a length with the one before."""
        counts, requests = self._counts, self._requests
        total = counts[-1] - counts[-1 - 2 * length]
        share = (requests[-1] - requests[-1 - length]) / (requests[-1] - requests[-1 - 2 * length])
        deviation = counts[-1] - counts[-1 - length] - share * total
        self._squares[place] += deviation * deviation / (share * (1 - share))
        self._totals[place] += total

    def _between_samples(self) -> float:
        """Return the ratio between neighbours, with the prior, less the standard error it has when there are no bursts."""
        pairs = max(0, len(self._counts) - 2)
        weight = max(self._errors, self._pairs * self._totals[0] / pairs) if pairs else 1.0
        total = self._totals[0] + weight
        ratio = (self._squares[0] + self._prior * weight) / total
        return ratio - sqrt(3 / (self._pairs + min(pairs, total / ratio)))

    def _between_stretches(self, place: int) -> float:
        """Return the ratio between longer stretches, of which there are few, as far as it is more than chance."""
        pairs = (len(self._counts) - 1) / STRETCHES[place] - 1
        if pairs < 1 or not self._totals[place]:
            return 1.0
        return self._squares[place] / self._totals[place] / (1 + sqrt(3 / pairs))
