"""What a release demands of its candidate: the policy of the verdict, with its defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from .numbers import CanaryError, known, number, whole

#: Densest where minutes count: a version that fails three to five times as often is found soonest.
RATE_RATIOS = (1.25, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 8.0, 12.0, 30.0)
#: The greatest rate ratio that may be listed.
GREATEST_RATIO = 1000.0
CEILING = ("error_rate", "requests")


@dataclass(frozen=True)
class Policy:
    """The rules of a verdict.

    Attributes:
        false_rollback: greatest probability that an equally good candidate is rolled back, for the whole release.
        slow_share: part of it that is spent on slowness; the rest on errors.
        rate_ratios: how many times worse the alternatives are.
        ceiling_rate: share of failing requests that nobody waits on; ceiling_requests: of how many at least.
        minimum_requests: of the candidate, before it can be promoted.
        minimum_samples: with requests on both versions, likewise.
        doubt: part of the limit that the evidence must stay below for a promotion.
        missing_cap: minutes without metrics that are waited for.
        burst_prior: variance-to-mean ratio that is believed until stable's own is measured.
    """

    false_rollback: float = 0.05
    slow_share: float = 0.1
    rate_ratios: tuple[float, ...] = RATE_RATIOS
    ceiling_rate: float = 0.2
    ceiling_requests: int = 20
    minimum_requests: int = 100
    minimum_samples: int = 3
    doubt: float = 0.25
    missing_cap: int = 5
    burst_prior: float = 5.0

    @property
    def limit(self) -> float:
        """Evidence at which the candidate is rolled back."""
        return 1 / self.false_rollback


def read_policy(where: str, policy: Mapping[str, Any] | None) -> Policy:
    """Return a policy, defaults where it is silent.

    Raises:
        CanaryError: a key is unknown or a value not allowed.
    """
    if policy is not None and not isinstance(policy, Mapping):
        raise CanaryError(f"{where} is {policy!r}; a dictionary is allowed")
    given = dict(policy or {})
    names = [field.name for field in fields(Policy) if not field.name.startswith("ceiling")]
    known(where, given, [*names, "hard_ceiling"])
    ceiling = _ceiling(f"{where}.hard_ceiling", given.pop("hard_ceiling", {}))
    return Policy(**{name: _value(f"{where}.{name}", name, value) for name, value in given.items()}, **ceiling)


def _value(where: str, name: str, value: Any) -> Any:
    if name == "rate_ratios":
        return _ratios(where, value)
    if name in {"minimum_requests", "minimum_samples", "missing_cap"}:
        return whole(where, value, 1)
    bounds = {"false_rollback": (1e-6, 0.5), "slow_share": (0, 0.99), "doubt": (0.06, 1), "burst_prior": (1, 100)}
    return number(where, value, *bounds[name])


def _ratios(where: str, value: Any) -> tuple[float, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise CanaryError(f"{where} is {value!r}; a list of numbers above 1 is allowed, such as [1.5, 3, 10]")
    return tuple(number(f"{where}[{place}]", ratio, 1.01, GREATEST_RATIO) for place, ratio in enumerate(value))


def _ceiling(where: str, value: Any) -> dict[str, Any]:
    """Return the fields of the hard ceiling; ``None`` switches it off."""
    if value is None:
        return {"ceiling_rate": 1.0, "ceiling_requests": 10**12}
    if not isinstance(value, Mapping):
        raise CanaryError(
            f"{where} is {value!r}; a dictionary with error_rate and requests is allowed, or null for none"
        )
    known(where, value, CEILING)
    found: dict[str, Any] = {}
    if "error_rate" in value:
        found["ceiling_rate"] = number(f"{where}.error_rate", value["error_rate"], 0.001, 1)
    if "requests" in value:
        found["ceiling_requests"] = whole(f"{where}.requests", value["requests"], 1)
    return found
