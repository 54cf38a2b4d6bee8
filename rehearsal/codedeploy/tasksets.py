"""The two task sets of a service while CodeDeploy deploys."""

from __future__ import annotations

from rehearsal.codedeploy.model import Deployment
from rehearsal.deployments.traffic import TrafficError
from rehearsal.tasks.model import Deployment as TaskSet
from rehearsal.tasks.mover import TaskMover
from rehearsal.world import World


def target_groups(world: World, one: Deployment) -> tuple[str, str]:
    """Return the ARNs of the group that the original task set uses, and of the other one of the pair.

    Raises:
        TrafficError: one of them is gone.
    """
    known = {group.name: group.arn for group in world.backend("elbv2", one.region).target_groups.values()}
    names = [entry["name"] for entry in one.pair["targetGroups"]]
    missing = [name for name in names if name not in known]
    if missing:
        raise TrafficError(f"Unable to find target group: {', '.join(missing)}")
    pair = [known[name] for name in names]
    used = {entry["targetGroupArn"] for entry in (one.blue.balancers if one.blue else [])}
    old = next((arn for arn in pair if arn in used), pair[0])
    return old, next(arn for arn in pair if arn != old)


def replace(tasks: TaskMover, one: Deployment) -> TaskSet:
    """Add the replacement: as many tasks as the service has, in the target group that is free."""
    service, spec = one.service, one.spec
    primary = service.primary
    one.blue = primary
    for left in service.deployments:
        left.desired = left.desired if left is primary else 0
    green = tasks.scheduler.deploy(service, tasks.definition(one.region, spec.definition)["taskDefinitionArn"])
    green.primary, primary.primary = False, True
    _, group = target_groups(tasks.world, one)
    entry = {"targetGroupArn": group, "containerName": spec.container, "containerPort": spec.port}
    green.settings = {**primary.settings, **spec.settings, "loadBalancers": [entry]}
    green.balancers = [entry]
    return green


def promote(one: Deployment) -> None:
    """Have the replacement be the service's primary task set: the service shows its settings from now on."""
    if one.green and one.blue:
        one.blue.primary, one.green.primary = False, True
        one.service.settings.update(one.green.settings)


def retire(one: Deployment) -> None:
    """End the original task set."""
    if one.blue:
        one.blue.desired = 0


def restore(one: Deployment) -> None:
    """End the replacement and have the original task set be the primary again."""
    if one.green and one.blue:
        one.green.desired, one.green.primary, one.blue.primary = 0, False, True
        one.service.settings.update(one.blue.settings)
