"""Listener rules: the weights of two target groups, written as ModifyRule would write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from moto.elbv2.models import FakeAction

from rehearsal.deployments.steps import WHOLE
from rehearsal.world import World

#: A weight is an integer of at most 999, so a share with a decimal needs a finer scale than per cent.
FINE = 1000


class TrafficError(Exception):
    """Traffic cannot be shifted; the text says which listener or rule is missing."""


def weights(percent: float) -> tuple[int, int]:
    """Return the weights of the old and of the new target group that give the new one a share of the requests."""
    scale = int(WHOLE) if percent == int(percent) else FINE
    new = round(percent * scale / WHOLE)
    return scale - new, new


class Traffic:
    """Shifts requests between pairs of target groups.

    Args:
        world: whose load balancers.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    def shift_rule(self, region: str, arn: str, old: str, new: str, percent: float) -> None:
        """Have one rule send a share of its requests to the new target group, and the rest to the old one.

        Raises:
            TrafficError: there is no such rule.
        """
        found = [rule for rule in self._rules(region) if rule.arn == arn]
        if not found:
            raise TrafficError(f"Unable to find listener rule: {arn}")
        self._write(region, found, (old, new), percent)

    def shift_listener(self, region: str, arn: str, old: str, new: str, percent: float) -> None:
        """Do the same with every rule of a listener that forwards to either group.

        Raises:
            TrafficError: there is no such listener, or none of its rules does.
        """
        found = [rule for rule in self._rules(region) if rule.listener_arn == arn and {old, new} & forwarded(rule)]
        if not found:
            raise TrafficError(f"No rule of the listener {arn} forwards to {old} or {new}")
        self._write(region, found, (old, new), percent)

    def _rules(self, region: str) -> Iterator[Any]:
        for balancer in list(self.world.backend("elbv2", region).load_balancers.values()):
            for listener in list(balancer.listeners.values()):
                yield from list(listener.rules.values())

    def _write(self, region: str, rules: Iterable[Any], pair: tuple[str, str], percent: float) -> None:
        for rule in rules:
            rule.actions = [_shifted(action, pair, percent) for action in rule.actions]
            if rule.is_default:
                self._listener(region, rule.listener_arn).default_actions = rule.actions
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


def _shifted(action: Any, pair: tuple[str, str], percent: float) -> Any:
    """Return an action as it is afterwards: only what forwards changes, and its stickiness stays."""
    if action.type != "forward":
        return action
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in zip(pair, weights(percent), strict=True)]
    kept = {name: value for name, value in action.data.items() if name != "TargetGroupArn"}
    return FakeAction({**kept, "ForwardConfig": {**action.data.get("ForwardConfig", {}), "TargetGroups": groups}})
