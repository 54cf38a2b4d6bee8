"""The state machine that puts an environment to sleep and wakes it up.

EventBridge Scheduler starts it with ``{"state": "asleep"}`` in the evening and ``{"state": "awake"}`` in the morning,
and ``playbooks/night.yml`` at any time. What it needs to give everything back stands in the lease table::

    id     night#environment          while it sleeps, or falls asleep: ``state`` and ``since``
    id     night#alarm/<alarm>        there while its actions, which were on, are off
    id     night#service/<service>    ``count`` of tasks, and ``limits``: JSON, a list of no or one scalable target

Each is written before what it remembers is changed, and removed after that was given back, so that a run which failed
half-way goes on the next time. Nothing is put to sleep while somebody holds a lease, and nobody gets one while it
sleeps. RDS starts a stopped instance after seven days by itself; each evening's run stops it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .place import ASLEEP, MARK, NIGHT, Place
from .sleeping import sleeping
from .states import choice, equals, task
from .waking import waking

#: Seconds that a run may take.
TIMEOUT = 2 * 3600


def night_machine(place: Mapping[str, Any]) -> dict[str, Any]:
    """Return the definition of the state machine, which has ``{"state": "asleep"}`` or ``awake`` as its input.

    Args:
        place: the fields of :class:`.place.Place`.

    Returns:
        Amazon States Language, in JSONPath, as a property of a resource: with references.
    """
    here = Place(**{**place, "leases": tuple(place["leases"])})
    read = {**here.item({"S": MARK}), "ConsistentRead": True}
    return {
        "Comment": "Puts the environment to sleep, and wakes it up",
        "StartAt": "Read the mark",
        "TimeoutSeconds": TIMEOUT,
        "States": {
            "Read the mark": task("dynamodb:getItem", read, "$.mark", "Which way"),
            "Which way": choice("Look at the database", (equals("$.state", ASLEEP), "Is it asleep")),
            **sleeping(here),
            **waking(here),
        },
    }


def night_permissions(arns: Mapping[str, str]) -> dict[str, Any]:
    """Return the policy that the state machine's role needs.

    Args:
        arns: of the lease ``table`` and the ``database``, and patterns of those of ``services``, ``targets`` (scalable)
            and ``alarms``.
    """
    alarms = ("DisableAlarmActions", "EnableAlarmActions", "SetAlarmState")
    databases = ("DescribeDBInstances", "StartDBInstance", "StopDBInstance")
    statements = [
        _allow("ReadLeases", "dynamodb", ["GetItem"], arns["table"]) | _keys(f"{NIGHT}*", "lease#*"),
        _allow("Remember", "dynamodb", ["PutItem", "DeleteItem"], arns["table"]) | _keys(f"{NIGHT}*"),
        _allow("ScaleServices", "ecs", ["DescribeServices", "UpdateService"], arns["services"]),
        _allow("SetLimits", "application-autoscaling", ["RegisterScalableTarget"], arns["targets"])
        | {"Condition": {"StringEquals": {"application-autoscaling:service-namespace": "ecs"}}},
        _allow("SwitchAlarms", "cloudwatch", alarms, arns["alarms"]),
        _allow("StopAndStart", "rds", databases, arns["database"]),
        _allow("ListServices", "ecs", ["ListServices"], "*"),
        _allow("ListLimits", "application-autoscaling", ["DescribeScalableTargets"], "*"),
        # CloudWatch leaves composite alarms out for those who may list some alarms only.
        _allow("ListAlarms", "cloudwatch", ["DescribeAlarms"], "*")
        | {"Condition": {"StringEquals": {"aws:RequestedRegion": "${cloud.current.region}"}}},
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _allow(sid: str, service: str, actions: Sequence[str], resource: str) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": [f"{service}:{one}" for one in actions], "Resource": resource}


def _keys(*patterns: str) -> dict[str, Any]:
    return {"Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(patterns)}}}
