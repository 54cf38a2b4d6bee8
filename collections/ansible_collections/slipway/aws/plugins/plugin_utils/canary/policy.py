"""How a verdict is reached; every number can be set per service."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from .evidence import RATE_RATIOS


@dataclass(frozen=True)
class Policy:
    """What a verdict goes by.

    Attributes:
        false_rollback: chance, over a whole release, that a version as good as the stable one is rolled back.
        rate_ratios: ratios of failure rates that are looked for.
        ceiling: share of failed requests of the candidate on which nobody would wait.
        ceiling_requests: requests of the candidate from which the ceiling holds.
        minimum_requests: requests of the candidate without which there is too little evidence for a promotion.
        missing_cap: minutes in a row without metrics after which the release goes back.
    """

    false_rollback: float = 0.05
    rate_ratios: tuple[float, ...] = field(default=RATE_RATIOS)
    ceiling: float = 0.25
    ceiling_requests: int = 20
    minimum_requests: int = 50
    missing_cap: int = 5


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
    made = Policy(**{**declared, "rate_ratios": tuple(declared.get("rate_ratios", RATE_RATIOS))})
    if not 0 < made.false_rollback < 1 or min(made.rate_ratios) <= 1:
        raise ValueError(
            f"canary_verdict: false_rollback is {made.false_rollback} and rate_ratios {made.rate_ratios};"
            " allowed are a chance between 0 and 1, and ratios above 1"
        )
    return made
