"""What a step can find: the smallest error rate of a candidate that the verdict's own test stops with 80 % power.

By calculation. While the share is constant, the evidence depends on the errors of both sides alone. For some likely
numbers of errors on stable, the fewest on the candidate that reach the limit are sought, and the probabilities of that
many are averaged. Only the end of the step is looked at; who looks before as well finds a little more. In simulations
the verdict stops between 73 and 88 % of the candidates that have the rate which is returned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import exp, lgamma, log, sqrt
from statistics import NormalDist
from typing import Any

from .evidence import Mixture
from .numbers import number
from .policy import Policy, read_policy

FILTER = "canary_detectable"
POWER = 0.8
#: The burst ratio that is measured on average where there are no bursts: it is never below 1.
MEASURED = 1.05
#: Likely numbers of errors on stable that are tried, at even steps of probability.
QUANTILES = 12
#: Halvings of an interval: a rate is found to a millionth.
HALVINGS = 20
#: Minutes in a week, the longest bake that is thought of.
WEEK = 10_080
#: Terms of a sum below this part of the whole are left out.
NEGLIGIBLE = 1e-12


def canary_detectable(  # noqa: PLR0913, PLR0917  what a step is made of; the order is the filter's
    requests_per_minute: float,
    share: float,
    minutes: float,
    error_rate: float,
    policy: Mapping[str, Any] | None = None,
    burst: float = 1.0,
) -> dict[str, Any]:
    """Return what a step of a release can find.

    Args:
        requests_per_minute: of both versions together.
        share: percent of them that the candidate gets.
        minutes: how long the step bakes.
        error_rate: of stable, from 0 to 1.
        policy: as for the verdict.
        burst: variance-to-mean ratio of errors, as the verdict measures it.

    Returns:
        ``requests`` on the candidate, and ``error_rate``: the smallest that is stopped in four of five releases by the
        end of the step, from 0 to 1; ``None`` if none is. ``false_rollback``: the greatest probability that the whole
        release goes back though the candidate is equally good.

    Raises:
        CanaryError: a number is outside of what is allowed.
    """
    rules = read_policy(f"{FILTER}: policy", policy)
    requests = number(f"{FILTER}: requests_per_minute", requests_per_minute, 0, 1e9) * number(
        f"{FILTER}: minutes", minutes, 0, 1e5
    )
    part = number(f"{FILTER}: share", share, 0.1, 99.9) / 100
    base = number(f"{FILTER}: error_rate", error_rate, 0, 1)
    effective = requests / max(MEASURED, number(f"{FILTER}: burst", burst, 1, 1000))
    found = _smallest(effective, part, base, rules, 1 - rules.slow_share)
    return {"requests": round(requests * part), "error_rate": found, "false_rollback": rules.false_rollback}


def detectable_slowness(
    requests_per_minute: float, share: float, minutes: float, slow_rate: float, policy: Mapping[str, Any] | None = None
) -> float | None:
    """Return the smallest share of slow requests that a step stops, as :func:`canary_detectable` does of errors.

    Args:
        requests_per_minute: of both versions together.
        share: percent of them that the candidate gets.
        minutes: how long the step bakes.
        slow_rate: share of stable's requests that are slow, from 0 to 1.
        policy: as for the verdict.
    """
    rules = read_policy("policy", policy)
    requests = requests_per_minute * minutes / MEASURED
    return _smallest(requests, share / 100, slow_rate, rules, rules.slow_share)


def minutes_to_detect(
    requests_per_minute: float, share: float, error_rate: float, policy: Mapping[str, Any] | None = None
) -> int | None:
    """Return in how many minutes a step has requests enough to be judged and finds some error rate; none in a week.

    Args:
        requests_per_minute: of both versions together.
        share: percent of them that the candidate gets.
        error_rate: of stable, from 0 to 1.
        policy: as for the verdict.
    """
    least = read_policy("policy", policy).minimum_requests
    low, high = 0, WEEK + 1
    while high - low > 1:
        middle = (low + high) // 2
        found = canary_detectable(requests_per_minute, share, middle, error_rate, policy)
        low, high = (low, middle) if found["requests"] >= least and found["error_rate"] is not None else (middle, high)
    return high if high <= WEEK else None


def _smallest(requests: float, share: float, base: float, policy: Policy, part: float) -> float | None:
    """Return the smallest rate that is stopped by a test with a part of the evidence, while the other says nothing."""
    if not part:
        return None
    trials = int(requests * share)
    mixture = Mixture(policy.rate_ratios)
    limit = (policy.limit - (1 - part)) / part
    needed = [_fewest(errors, trials, share, limit, mixture) for errors in _likely(requests * (1 - share) * base)]
    if _power(needed, trials, 1.0) < POWER:
        return None
    low, high = base, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if _power(needed, trials, middle) >= POWER else (middle, high)
    return high


def _likely(mean: float) -> Iterator[int]:
    """Yield numbers of errors a Poisson variable takes, each as likely as the others."""
    for place in range(QUANTILES):
        yield _poisson_quantile(mean, (place + 0.5) / QUANTILES)


def _poisson_quantile(mean: float, probability: float) -> int:
    if mean > 100:  # noqa: PLR2004  where the normal curve is as good
        return round(mean + NormalDist().inv_cdf(probability) * sqrt(mean))
    value, term = 0, exp(-mean)
    total = term
    while total < probability:
        value += 1
        term *= mean / value
        total += term
    return value


def _fewest(stable: int, trials: int, share: float, limit: float, mixture: Mixture) -> int:
    """Return how many errors on the candidate reach the limit beside those on stable; more than trials if none do."""
    low, high = 0, trials + 1
    while low < high:
        middle = (low + high) // 2
        if mixture.mean(mixture.logs(middle, middle + stable, share)) >= limit:
            high = middle
        else:
            low = middle + 1
    return low


def _power(needed: Sequence[int], trials: int, rate: float) -> float:
    return sum(_at_least(count, trials, rate) for count in needed) / len(needed)


def _at_least(count: int, trials: int, rate: float) -> float:
    """Return the probability of at least so many successes, of a binomial variable."""
    if count > trials:
        return 0.0
    if count <= 0 or rate >= 1:
        return 1.0
    odds = rate / (1 - rate)
    below = count - 1
    term = exp(
        lgamma(trials + 1)
        - lgamma(below + 1)
        - lgamma(trials - below + 1)
        + below * log(rate)
        + (trials - below) * log(1 - rate)
    )
    total, peak = 0.0, trials * rate
    while below >= 0 and (below > peak or term > NEGLIGIBLE):
        total += term
        term *= below / ((trials - below + 1) * odds)
        below -= 1
    return max(0.0, 1 - total)
