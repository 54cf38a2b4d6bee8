"""Checks of how services are spread over load balancers; as in :mod:`inputs`, pure, a sentence for each mistake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

#: Quotas of one load balancer; AWS raises the rules', not the target groups'.
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
TARGET_GROUPS, RULES = 100, 100
#: Two target groups and two rules a service, with room for a tenth more while services move.
SERVICES_PER_LOAD_BALANCER = 45


def load_balancer_problems(listed: Mapping[str, Any], balancers: Sequence[str]) -> Iterator[str]:
    """Check that each service's load balancer exists and can carry what it has to.

    Args:
        listed: ``environment_services``.
        balancers: ``load_balancers``; the first carries whoever names none.
    """
    if not balancers or len(set(balancers)) < len(balancers):
        yield f"load_balancers is {list(balancers)}; give at least one name, each once"
        return
    carried: Counter[str] = Counter()
    for name, entry in listed.items():
        wanted = (entry or {}).get("load_balancer", balancers[0])
        if wanted in balancers:
            carried[wanted] += 1
        else:
            yield f"environment_services.{name}.load_balancer is {wanted!r}; load_balancers has {', '.join(balancers)}"
    for balancer, number in carried.items():
        if number > SERVICES_PER_LOAD_BALANCER:
            yield _too_many(balancer, number, [name for name in balancers if _has_room(carried[name])])


def _has_room(number: int) -> bool:
    return number < SERVICES_PER_LOAD_BALANCER


def _too_many(balancer: str, number: int, free: Sequence[str]) -> str:
    where = f"{free[0]}, which has room" if free else "a new one, added at the end of load_balancers"
    return (
        f"load balancer {balancer} has {number} services; it carries at most {SERVICES_PER_LOAD_BALANCER} (AWS allows"
        f" {TARGET_GROUPS} target groups and {RULES} rules on it, a service takes two of each); give"
        f" {number - SERVICES_PER_LOAD_BALANCER} of them environment_services.<service>.load_balancer: {where}"
    )
