"""What both ways share: the environment that sleeps, and the keys of what is remembered of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .states import State, each, pages

#: Begins the keys of all items; the mark says that the environment sleeps, or falls asleep.
NIGHT = "night#"
MARK = f"{NIGHT}environment"
ASLEEP, AWAKE = "asleep", "awake"
#: Application Auto Scaling's names for the number of tasks.
DIMENSION = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
#: CloudWatch's two kinds of alarms, by our word for them.
KINDS = {"metric": "MetricAlarms", "composite": "CompositeAlarms"}
#: Alarms in a page: more of them could exceed the 256 KiB that a state may hold.
ALARMS_IN_PAGE = 50


class Place(NamedTuple):
    """An environment.

    ``table`` of its leases, ECS ``cluster``, ``database`` identifier, ``prefix`` of its alarms' names, and the
    ``leases`` that must be free, as the lease table names them.
    """

    table: str
    cluster: str
    database: str
    prefix: str
    leases: tuple[str, ...]

    def item(self, key: State) -> State:
        """Return the parameters that name an item of the lease table."""
        return {"TableName": self.table, "Key": {"id": key}}

    def each_alarm(self, what: str, loops: Mapping[str, Mapping[str, State]], then: str) -> dict[str, State]:
        """Return the states that do something with every alarm: by kind those of one alarm."""
        types = ["MetricAlarm", "CompositeAlarm"]
        listed = {"AlarmNamePrefix": self.prefix, "AlarmTypes": types, "MaxRecords": ALARMS_IN_PAGE}
        fields = {"name": "AlarmName", "on": "ActionsEnabled", "state": "StateValue"}
        selector = {f"{name}.$": f"$$.Map.Item.Value.{field}" for name, field in fields.items()}
        maps = {
            f"{what}, {kind}": each(f"$.page.{KINDS[kind]}", selector, states, then) for kind, states in loops.items()
        }
        return pages(what, ("cloudwatch:describeAlarms", listed), maps, then)

    def each_service(self, what: str, states: Mapping[str, State], then: str) -> dict[str, State]:
        """Return the states that do something with every ECS service; those of one begin with its ``arn``."""
        loop = each("$.page.ServiceArns", {"arn.$": "$$.Map.Item.Value"}, states, then)
        listed = {"Cluster": self.cluster, "MaxResults": 100}
        return pages(what, ("ecs:listServices", listed), {f"{what}, one by one": loop}, then)


def remembered(kind: str, path: str) -> State:
    """Return the key of what is remembered of a service or alarm, whose name is at a path."""
    return {"S.$": f"States.Format('{NIGHT}{kind}/{{}}', {path})"}
