"""The actions of FIS that this cloud carries out, each by a fault of its own.

https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from rehearsal.injection.cut import cut, join
from rehearsal.world import ITSELF

if TYPE_CHECKING:
    from rehearsal.injection.model import Action, Experiment
    from rehearsal.world import World

#: What FIS looks at before it cuts a subnet off.
LOOKS = (
    "ec2:DescribeManagedPrefixLists",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
Place = Callable[[str], str]
Step = Callable[["World", "Experiment", "Action"], None]


class ActionFailed(Exception):  # noqa: N818  reads as what it says
    """An action cannot be carried out.

    Args:
        reason: what FIS says.
    """


def _nothing(world: World, experiment: Experiment, action: Action) -> None:
    """Leave what is over as it is."""


def _itself(arn: str) -> str:
    return arn


def _everything(arn: str) -> str:
    del arn
    return "*"


def _instances(task: str) -> str:
    """Return what ListTasks is allowed on for a task's cluster, where there are instances or none."""
    return f"{task.rpartition('/')[0].replace(':task/', ':container-instance/')}/*"


#: What FIS looks for all targets with.
TARGETS: Mapping[str, Place] = {"tag:GetResources": _everything}


@dataclass(frozen=True)
class Kind:
    """One kind of actions.

    Attributes:
        target: the key under which it takes its target, and the type of resource that it acts on.
        permissions: what the experiment's role has to be allowed: actions, and on what, from what it acts on.
        parameters: allowed values by name; empty for any.
        lasts: whether it takes a duration.
    """

    target: tuple[str, str]
    permissions: Mapping[str, Place]
    begin: Step
    end: Step = _nothing
    parameters: dict[str, Collection[str]] = field(default_factory=dict)
    lasts: bool = False


def _stop_tasks(world: World, experiment: Experiment, action: Action) -> None:
    tasks: Any = world.movers["tasks"]
    with tasks.lock:
        for arn in action.hit:
            tasks.tasks[arn].ask_to_stop("UserInitiated", f"Stopped by AWS FIS experiment {experiment.id}")
    tasks.changed("ecs", "StopTask")


def _cut(world: World, experiment: Experiment, action: Action) -> None:
    cut(world, experiment.id, (arn.rsplit("/", 1)[-1] for arn in action.hit))
    world.movers["edge"].changed("ec2", "ReplaceNetworkAclAssociation")


def _join(world: World, experiment: Experiment, action: Action) -> None:
    del action
    join(world, experiment.id)
    world.movers["edge"].changed("ec2", "ReplaceNetworkAclAssociation")


def _reboot(world: World, experiment: Experiment, action: Action) -> None:
    client = world.boto("rds", experiment.region, key=ITSELF)
    force = action.settings.get("parameters", {}).get("forceFailover") == "true"
    for arn in action.hit:
        name = arn.rsplit(":", 1)[-1]
        try:
            client.reboot_db_instance(DBInstanceIdentifier=name, ForceFailover=force)
        except ClientError as error:
            raise ActionFailed(str(error.response["Error"]["Message"])) from error


ACTIONS = {
    "aws:ecs:stop-task": Kind(
        ("Tasks", "aws:ecs:task"),
        {**TARGETS, "ecs:ListTasks": _instances, "ecs:DescribeTasks": _itself, "ecs:StopTask": _itself},
        _stop_tasks,
    ),
    "aws:network:disrupt-connectivity": Kind(
        ("Subnets", "aws:ec2:subnet"),
        {**TARGETS, **dict.fromkeys(LOOKS, _everything), "ec2:ReplaceNetworkAclAssociation": _itself},
        _cut,
        _join,
        {"scope": ("all",)},
        lasts=True,
    ),
    "aws:rds:reboot-db-instances": Kind(
        ("DBInstances", "aws:rds:db"),
        {**TARGETS, "rds:DescribeDBInstances": _itself, "rds:RebootDBInstance": _itself},
        _reboot,
        parameters={"forceFailover": ("true", "false")},
    ),
}
