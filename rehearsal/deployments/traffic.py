"""Listener rules: the weights of two target groups, written as ModifyRule would write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from moto.elbv2.models import FakeAction

from rehearsal.deployments.steps import WHOLE
from rehearsal.tasks import permissions
from rehearsal.world import World

#: A weight is an integer of at most 999, so a share with a decimal needs a finer scale than per cent.
FINE = 1000


class TrafficError(Exception):
    """Traffic cannot be shifted; the text says which listener, rule or permission is missing."""


@dataclass(frozen=True)
class Share:
    """Per cent of the requests that go to the new one of two target groups."""

    old: str
    new: str
    percent: float


def weights(percent: float) -> tuple[int, int]:
    """Return the weights of the old and of the new target group that give the new one a share of the requests."""
    scale = int(WHOLE) if percent == int(percent) else FINE
    new = round(percent * scale / WHOLE)
    return scale - new, new


class Traffic:
    """Shifts requests between pairs of target groups.

    Args:
        world: whose load balancers.
        principal: the service that shifts, as a role's trust names it.
    """

    def __init__(self, world: World, principal: str) -> None:
        self.world = world
        self.principal = principal

    def shift_rule(self, region: str, arn: str, share: Share, role: str) -> None:
        """Have one rule send a share of its requests to the new target group, and the rest to the old one.

        Raises:
            TrafficError: there is no such rule, or the role may not change it.
        """
        found = [rule for rule in self._rules(region) if rule.arn == arn]
        if not found:
            raise TrafficError(f"Unable to find listener rule: {arn}")
        self._write(region, found, share, role)

    def shift_listener(self, region: str, arn: str, share: Share, role: str) -> None:
        """Do the same with every rule of a listener that forwards to either group.

        Raises:
            TrafficError: there is no such listener, none of its rules does, or the role may not change them.
        """
        pair = {share.old, share.new}
        found = [rule for rule in self._rules(region) if rule.listener_arn == arn and pair & forwarded(rule)]
        if not found:
            raise TrafficError(f"No rule of the listener {arn} forwards to {share.old} or {share.new}")
        self._write(region, found, share, role)

    def _check(self, role: str, rule: Any) -> None:
        found = permissions.role(self.world, role)
        if found is None or not permissions.trusts(found, self.principal):
            raise TrafficError(f"{self.principal} was unable to assume the role '{role}'.")
        what, arn = ("ModifyListener", rule.listener_arn) if rule.is_default else ("ModifyRule", rule.arn)
        if not permissions.may(self.world, role, f"elasticloadbalancing:{what}", arn):
            text = f"The role '{role}' is not authorized to perform: elasticloadbalancing:{what} on resource: {arn}"
            raise TrafficError(text)

    def _rules(self, region: str) -> Iterator[Any]:
        for balancer in list(self.world.backend("elbv2", region).load_balancers.values()):
            for listener in list(balancer.listeners.values()):
                yield from list(listener.rules.values())

    def _write(self, region: str, rules: Sequence[Any], share: Share, role: str) -> None:
        for rule in rules:
            self._check(role, rule)
        for rule in rules:
            rule.actions = [_shifted(action, share) for action in rule.actions]
            if rule.is_default:
                self._listener(region, rule.listener_arn).default_actions = rule.actions
        self.tell()

    def tell(self) -> None:
        """Have the edge route by what was shifted."""
        edge = self.world.movers.get("edge")
        if edge:
            edge.changed("elbv2", "ModifyRule")

    def _listener(self, region: str, arn: str) -> Any:
        balancers = self.world.backend("elbv2", region).load_balancers.values()
        return next(balancer.listeners[arn] for balancer in balancers if arn in balancer.listeners)


def forwarded(rule: Any) -> set[str]:
    """Return the target groups that a rule forwards to, whatever their weights."""
    found = set()
    for action in rule.actions:
        groups = action.data.get("ForwardConfig", {}).get("TargetGroups", [])
        found |= {group["TargetGroupArn"] for group in [*groups, action.data] if "TargetGroupArn" in group}
    return found


def _shifted(action: Any, share: Share) -> Any:
    """Return an action as it is afterwards: only what forwards changes, and its stickiness stays."""
    if action.type != "forward":
        return action
    pairs = zip((share.old, share.new), weights(share.percent), strict=True)
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in pairs]
    kept = {name: value for name, value in action.data.items() if name != "TargetGroupArn"}
    return FakeAction({**kept, "ForwardConfig": {**action.data.get("ForwardConfig", {}), "TargetGroups": groups}})
