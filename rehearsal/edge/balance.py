"""Which target group, and which target in it, gets a request."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rehearsal.edge.routes import Target, TargetGroup, forwarded

GROUP_COOKIE = "AWSALBTG"
TARGET_COOKIE = "AWSALB"
#: In these states a target is not asked while enough others are healthy.
Healthy = Callable[[str, str], bool]


def token(text: str) -> str:
    """Return the opaque cookie value that stands for a group or a target."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Choice:
    """What was chosen, and the cookies to set."""

    group: str
    target: Target | None = None
    cookies: dict[str, tuple[str, int]] = field(default_factory=dict)


def choose_group(action: Mapping[str, Any], cookies: Mapping[str, str]) -> Choice | None:
    """Choose a group by weight, or the one that a stickiness cookie names; ``None`` when all weights are 0.

    A cookie holds as long as the action names the group, even at weight 0; that is what makes a session sticky.
    """
    groups = forwarded(action)
    sticky = (action.get("ForwardConfig") or {}).get("TargetGroupStickinessConfig") or {}
    if not any(weight for _, weight in groups):
        return None
    arn = random.choices([arn for arn, _ in groups], [weight for _, weight in groups])[0]  # noqa: S311
    if not sticky.get("Enabled"):
        return Choice(arn)
    named = [known for known, _ in groups if token(known) == cookies.get(GROUP_COOKIE)]
    chosen = named[0] if named else arn
    return Choice(chosen, cookies={GROUP_COOKIE: (token(chosen), int(sticky["DurationSeconds"]))})


class Balance:
    """Chooses targets; remembers whose turn it is and what is in flight.

    Args:
        healthy: says whether a target, by group and key, is healthy.
    """

    def __init__(self, healthy: Healthy) -> None:
        self._healthy = healthy
        self._turns: Counter[str] = Counter()
        self.in_flight: Counter[tuple[str, str]] = Counter()

    def candidates(self, group: TargetGroup) -> Sequence[Target]:
        """Return the healthy targets, or all of them when fewer are healthy than the group demands: it fails open."""
        healthy = [target for target in group.targets if self._healthy(group.arn, target.key)]
        name = "target_group_health.unhealthy_state_routing.minimum_healthy_targets"
        count = int(group.attributes.get(f"{name}.count", 1))
        share = group.attributes.get(f"{name}.percentage", "off")
        if share != "off":
            count = max(count, -(-len(group.targets) * int(share) // 100))
        return healthy if len(healthy) >= count else group.targets

    def choose_target(self, group: TargetGroup, choice: Choice, cookies: Mapping[str, str]) -> Target | None:
        """Choose a target and set the cookie of a sticky group; ``None`` when it has none."""
        targets = self.candidates(group)
        if not targets:
            return None
        if group.attributes.get("stickiness.enabled") != "true":
            return self._next(group, targets)
        return self._sticky(group, choice, cookies, targets)

    def _sticky(
        self, group: TargetGroup, choice: Choice, cookies: Mapping[str, str], targets: Sequence[Target]
    ) -> Target:
        kind = "app_cookie" if group.attributes.get("stickiness.type") == "app_cookie" else "lb_cookie"
        duration = int(group.attributes.get(f"stickiness.{kind}.duration_seconds", 86400))
        cookie = "AWSALBAPP-0" if kind == "app_cookie" else TARGET_COOKIE
        named = [target for target in targets if token(group.arn + target.key) == cookies.get(cookie)]
        chosen = named[0] if named else self._next(group, targets)
        choice.cookies[cookie] = (token(group.arn + chosen.key), duration)
        return chosen

    def _next(self, group: TargetGroup, targets: Sequence[Target]) -> Target:
        algorithm = group.attributes.get("load_balancing.algorithm.type", "round_robin")
        self._turns[group.arn] += 1
        if algorithm == "weighted_random":
            return random.choice(targets)  # noqa: S311
        turn = self._turns[group.arn] % len(targets)
        ordered = [*targets[turn:], *targets[:turn]]
        if algorithm == "least_outstanding_requests":
            return min(ordered, key=lambda target: self.in_flight[group.arn, target.key])
        return ordered[0]
