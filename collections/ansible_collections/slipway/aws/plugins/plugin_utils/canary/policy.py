"""How a verdict is reached; every number can be set per service."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from .evidence import RATE_RATIOS


@dataclass(frozen=True)
class Policy:
    """What a verdict goes by.

    Attributes:
        false_rollback: chance, over a whole release, that a version as good as the stable one is rolled back.
        slow_part: part of it that slow requests have; failed ones have the rest.
        rate_ratios: ratios of failure rates that are looked for, with weights that add up to 1.
        ceiling: share of failed requests of the candidate on which nobody would wait for all of the evidence.
        ceiling_requests: requests of the candidate from which the ceiling holds.
        ceiling_evidence: evidence that it needs, since both versions may fail.
        minimum_requests: requests of the candidate without which there is too little evidence for a promotion.
        missing_cap: minutes in a row without metrics after which the release goes back.
    """

    false_rollback: float = 0.05
    slow_part: float = 0.05
    rate_ratios: Mapping[float, float] = field(default_factory=lambda: dict(RATE_RATIOS))
    ceiling: float = 0.25
    ceiling_requests: int = 20
    ceiling_evidence: float = 8.0
    minimum_requests: int = 50
    missing_cap: int = 5

    @property
    def limits(self) -> dict[str, float]:
        """Evidence at which a candidate goes back, by fault; together they keep ``false_rollback``."""
        return {
            "errors": 1 / (self.false_rollback * (1 - self.slow_part)),
            "slow": 1 / (self.false_rollback * self.slow_part),
        }


def policy(declared: Mapping[str, Any]) -> Policy:
    """Return a policy from what was declared.

    Raises:
        ValueError: a name is unknown, or a number is out of range.
    """
    names = [one.name for one in fields(Policy)]
    for name in declared:
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {close[0]}?" if close else f"allowed are {', '.join(names)}"
            raise ValueError(f"canary_verdict: the policy has no {name}; {hint}")
    ratios = {float(ratio): float(weight) for ratio, weight in declared.get("rate_ratios", RATE_RATIOS).items()}
    made = Policy(**{**declared, "rate_ratios": ratios})
    if not (0 < made.false_rollback < 1 and 0 < made.slow_part < 1):
        raise ValueError(
            f"canary_verdict: false_rollback is {made.false_rollback} and slow_part {made.slow_part};"
            " allowed is between 0 and 1"
        )
    if min(ratios) <= 1 or not math.isclose(math.fsum(ratios.values()), 1, rel_tol=1e-6):
        raise ValueError(
            f"canary_verdict: rate_ratios is {ratios}; allowed are ratios above 1 whose weights add up to 1"
        )
    return made
