"""ELBv2: weights of a forward action, and the quotas of load balancers.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupTuple.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rehearsal.control.overlay import Call, Refused, before
from rehearsal.control.quotas import enforce

HEAVIEST = 999
ROUTING = ("CreateRule", "ModifyRule", "CreateListener", "ModifyListener")


@before("elbv2", *ROUTING)
def check_weights(call: Call) -> None:
    """Refuse weights outside of 0 to 999, and more than five target groups in an action."""
    for action in _actions(call):
        tuples = action.get("ForwardConfig", {}).get("TargetGroups", [])
        enforce(call, "groups of an action", len(tuples), len(tuples))
        if any(not 0 <= one.get("Weight", 1) <= HEAVIEST for one in tuples):
            raise Refused(
                "ValidationError", f"The weight for each target group must be between 0 and {HEAVIEST}, inclusive"
            )


@before("elbv2", *ROUTING)
def count_groups(call: Call) -> None:
    """Refuse the 101st target group of a load balancer, and a group that another load balancer has."""
    balancer, replaced = _balancer(call), _replaced(call)
    wanted = set(groups_of(_actions(call)))
    if balancer is None or not wanted:
        return
    others = [rule for rule in _rules(balancer) if rule is not replaced]
    enforce(call, "groups of a balancer", len(wanted | _used(others)), balancer.arn)
    for other in call.backend().load_balancers.values():
        taken = wanted & _used(_rules(other)) if other is not balancer else set()
        if taken:
            raise Refused(
                "TargetGroupAssociationLimit",
                "The following target groups cannot be associated with more than one load balancer: "
                + ", ".join(sorted(taken)),
            )


@before("elbv2", "CreateRule", "ModifyRule")
def count_values(call: Call) -> None:
    """Refuse a rule with more values in its conditions than AWS compares."""
    enforce(call, "values of a rule", sum(_values(condition) for condition in call.params.get("Conditions", [])))


def _values(condition: dict[str, Any]) -> int:
    configs = [config for name, config in condition.items() if name.endswith("Config")]
    return sum(len(config.get("Values", [])) for config in configs) or len(condition.get("Values", []))


@before("elbv2", "CreateRule")
def count_rules(call: Call) -> None:
    """Refuse the 101st rule of a load balancer; default rules do not count."""
    balancer = _balancer(call)
    if balancer is not None:
        own = [rule for rule in _rules(balancer) if not rule.is_default]
        enforce(call, "rules", len(own) + 1, balancer.arn)


@before("elbv2", "CreateListener")
def count_listeners(call: Call) -> None:
    """Refuse the 51st listener of a load balancer."""
    balancer = _balancer(call)
    if balancer is not None:
        enforce(call, "listeners", len(balancer.listeners) + 1, balancer.arn)


@before("elbv2", "CreateLoadBalancer")
def count_balancers(call: Call) -> None:
    """Refuse the 51st load balancer of a region."""
    enforce(call, "balancers", len(call.backend().load_balancers) + 1)


@before("elbv2", "CreateLoadBalancer", "SetSecurityGroups")
def count_security_groups(call: Call) -> None:
    """Refuse more security groups than an interface takes."""
    enforce(call, "groups of an interface", len(call.params.get("SecurityGroups", [])))


@before("elbv2", "CreateTargetGroup")
def count_all_groups(call: Call) -> None:
    """Refuse the 3001st target group of a region."""
    enforce(call, "groups", len(call.backend().target_groups) + 1)


@before("elbv2", "RegisterTargets")
def count_targets(call: Call) -> None:
    """Refuse the 1001st target of a group."""
    group = call.backend().target_groups.get(call.params["TargetGroupArn"])
    if group is not None:
        there = {(one["Id"], str(one["Port"])) for one in group.targets.values()}
        new = {(one["Id"], str(one.get("Port", group.port))) for one in call.params["Targets"]}
        enforce(call, "targets of a group", len(there | new), group.arn)


def groups_of(actions: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the target groups that actions forward to."""
    for action in actions:
        tuples = (action.get("ForwardConfig") or {}).get("TargetGroups", [])
        yield from (one["TargetGroupArn"] for one in tuples)
        if "TargetGroupArn" in action:
            yield action["TargetGroupArn"]


def _actions(call: Call) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call.params.get("Actions") or call.params.get("DefaultActions") or []
    return found


def _balancer(call: Call) -> Any | None:
    """Return the load balancer that a call is about; None when there is none, which moto refuses."""
    params, balancers = call.params, call.backend().load_balancers
    if "LoadBalancerArn" in params:
        return balancers.get(params["LoadBalancerArn"])
    listener = params.get("ListenerArn") or params["RuleArn"].replace(":listener-rule/", ":listener/").rsplit("/", 1)[0]
    return next((one for one in balancers.values() if listener in one.listeners), None)


def _replaced(call: Call) -> Any | None:
    """Return the rule whose actions a call replaces."""
    balancer = _balancer(call)
    if balancer is None or call.operation.startswith("Create"):
        return None
    for rule in _rules(balancer):
        default = rule.is_default and rule.listener_arn == call.params.get("ListenerArn")
        if default or rule.arn == call.params.get("RuleArn"):
            return rule
    return None


def _rules(balancer: Any) -> list[Any]:
    return [rule for listener in balancer.listeners.values() for rule in listener.rules.values()]


def _used(rules: Iterable[Any]) -> set[str]:
    return {arn for rule in rules for arn in groups_of([action.data for action in rule.actions])}
