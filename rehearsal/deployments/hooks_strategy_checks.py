"""What ECS refuses of a strategy that moves traffic, and of its hooks and load balancers.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
"""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, before
from rehearsal.deployments.rollout import rollouts
from rehearsal.tasks import permissions
from rehearsal.tasks.hooks_services import attached, mover_of, service_arn
from rehearsal.tasks.model import SHIFTING, Service
from rehearsal.tasks.scheduler import pair_of

DAY = 1440
#: Smallest and largest value of each number of a configuration, by where it stands.
RANGES = {
    ("", "bakeTimeInMinutes"): (0, DAY),
    ("canaryConfiguration", "canaryPercent"): (0.1, 100),
    ("canaryConfiguration", "canaryBakeTimeInMinutes"): (0, DAY),
    ("linearConfiguration", "stepPercent"): (3, 100),
    ("linearConfiguration", "stepBakeTimeInMinutes"): (0, DAY),
}
OWNERS = {"canaryConfiguration": "CANARY", "linearConfiguration": "LINEAR"}
#: Stages at which nothing can pause.
UNPAUSABLE = {"TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"}


def _refuse(text: str) -> Refused:
    return Refused("InvalidParameterException", text)


@before("ecs", "CreateService", "UpdateService")
def check_strategy(call: Call) -> None:
    """Refuse settings of a deployment that contradict each other or that its strategy does not know."""
    service = _present(call)
    kept = service.settings if service else {}
    merged = {**kept, **call.params}
    configuration = {**kept.get("deploymentConfiguration", {}), **call.params.get("deploymentConfiguration", {})}
    strategy = configuration.get("strategy", "ROLLING")
    _check_numbers(configuration, strategy, set(call.params.get("deploymentConfiguration", {})))
    for hook in configuration.get("lifecycleHooks", []):
        _check_hook(hook, strategy)
    if configuration.get("earlySuccessCriteria", {}).get("enable"):
        raise _refuse("The local cloud has no early success criteria; remove earlySuccessCriteria.")
    if service and (strategy in SHIFTING) != (service.kind in SHIFTING) and _in_progress(call, service):
        raise _refuse(f"{service.kind} cannot become {strategy} while a service deployment is in progress.")
    if strategy in SHIFTING:
        for entry in merged.get("loadBalancers", []):
            _check_balancer(call, entry)


def _present(call: Call) -> Service | None:
    name = call.params.get("service", "") if call.operation == "UpdateService" else ""
    return mover_of(call).services.get(service_arn(call, name)) if name else None


def _in_progress(call: Call, service: Service) -> bool:
    rollout = rollouts(call.world).get(service.primary.id)
    return rollout is not None and not rollout.over


def _check_numbers(configuration: dict[str, Any], strategy: str, given: set[str]) -> None:
    for name, owner in OWNERS.items():
        if name in given and strategy != owner:
            raise _refuse(f"{name} is only valid with the deployment strategy {owner}; it is {strategy}.")
    if strategy == "BLUE_GREEN" and "bakeTimeInMinutes" not in configuration:
        raise _refuse("bakeTimeInMinutes must be provided with the deployment strategy BLUE_GREEN.")
    for (group, name), (least, most) in RANGES.items():
        value = (configuration.get(group, {}) if group else configuration).get(name)
        if value is not None and not (least <= value <= most and round(value, 1) == value):
            raise _refuse(f"{name} is {value}; {least} to {most} in steps of 0.1 are allowed.")


def _check_hook(hook: dict[str, Any], strategy: str) -> None:
    if hook.get("targetType", "AWS_LAMBDA") != "PAUSE":
        raise _refuse("The local cloud runs no Lambda functions: lifecycle hooks of the target type PAUSE are allowed.")
    if strategy not in SHIFTING:
        raise _refuse(f"Lifecycle hooks need a strategy of {', '.join(SHIFTING)}; it is {strategy}.")
    wrong = sorted(UNPAUSABLE & set(hook.get("lifecycleStages", [])))
    if wrong or not hook.get("lifecycleStages"):
        raise _refuse(f"A PAUSE hook needs lifecycle stages, and cannot have {', '.join(sorted(UNPAUSABLE))}.")
    given = sorted({"hookTargetArn", "roleArn", "hookDetails"} & set(hook))
    if given:
        raise _refuse(f"{', '.join(given)} cannot be given for a PAUSE hook.")


def _check_balancer(call: Call, entry: dict[str, Any]) -> None:
    """Refuse a load balancer without a second target group, and what does not exist."""
    advanced = entry.get("advancedConfiguration", {})
    missing = [
        name for name in ("alternateTargetGroupArn", "productionListenerRule", "roleArn") if name not in advanced
    ]
    if missing:
        raise _refuse(f"advancedConfiguration of a load balancer lacks {', '.join(missing)}.")
    groups, names = call.backend("elbv2").target_groups, pair_of(entry)
    if len(set(names)) == 1:
        raise _refuse("targetGroupArn and alternateTargetGroupArn must differ.")
    for arn in names:
        if arn not in groups:
            raise _refuse(f"Unable to find target group: {arn}")
        if not attached(call, arn):
            raise _refuse(f"The target group with targetGroupArn {arn} does not have an associated load balancer.")
        if groups[arn].target_type != "ip":
            raise _refuse(f"The provided target group {arn} has target type {groups[arn].target_type}; ip is allowed.")
    _check_rules(call, advanced)
    if permissions.role(call.world, advanced["roleArn"]) is None:
        raise _refuse(f"Role is not valid: {advanced['roleArn']}")


def _check_rules(call: Call, advanced: dict[str, Any]) -> None:
    balancers = call.backend("elbv2").load_balancers.values()
    known = {rule.arn for one in balancers for listener in one.listeners.values() for rule in listener.rules.values()}
    for name in ("productionListenerRule", "testListenerRule"):
        if name in advanced and advanced[name] not in known:
            raise _refuse(f"Unable to find {name}: {advanced[name]}")
