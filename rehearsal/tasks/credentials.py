"""What tasks call by themselves: with the permissions of their task role, over their own network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rehearsal.control.overlay import Call, Refused
from rehearsal.tasks import network, permissions
from rehearsal.tasks.model import Task
from rehearsal.world import TASK_KEY


def _parameter(call: Call) -> str:
    name = call.params["Name"].removeprefix("/")
    return f"arn:aws:ssm:{call.region}:{call.account}:parameter/{name}"


def _anything(call: Call) -> str:
    del call
    return "*"


#: Operations that tasks call here, and the resource that each needs permission for; IAM's action has the same name.
KNOWN: dict[tuple[str, str], Callable[[Call], str]] = {
    ("ssm", "GetParameter"): _parameter,
    ("xray", "PutTraceSegments"): _anything,
}


def variables(task: Task) -> dict[str, str]:
    """Return the credentials of a task's role; without a role there are none."""
    if not task.definition.get("taskRoleArn"):
        return {}
    # On AWS the agent hands them out at an address of its own; no task definition may hold any.
    return {"AWS_ACCESS_KEY_ID": f"{TASK_KEY}{task.id}", "AWS_SECRET_ACCESS_KEY": "task"}


def check(call: Call, key: str) -> None:
    """Refuse what the role of the task that calls does not let it do.

    Raises:
        Refused: it may not, cannot reach the service, or the local cloud does not know what it would need.
    """
    if not key.startswith(TASK_KEY):
        return
    task = _task(call, key.removeprefix(TASK_KEY))
    resource = KNOWN.get((call.service, call.operation))
    if resource is None:
        text = f"the local cloud does not know which permission a task needs for {call.service}:{call.operation}"
        raise Refused("AccessDeniedException", text)
    if task.interface and not network.reaches(call.world, task.interface, call.service):
        raise Refused("RequestTimeout", f"dial tcp: {call.service}.{call.region}.amazonaws.com:443: i/o timeout", 408)
    role, action = task.definition["taskRoleArn"], f"{call.service}:{call.operation}"
    if not permissions.may(call.world, role, action, resource(call)):
        who = f"{role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/', 1)}/{task.id}"
        text = f"User: {who} is not authorized to perform: {action} on resource: {resource(call)}"
        raise Refused("AccessDeniedException", text)


def _task(call: Call, number: str) -> Task:
    mover: Any = call.world.movers.get("tasks")
    found = next((one for one in list(mover.tasks.values()) if one.id == number), None) if mover else None
    if found is None:
        raise Refused("ExpiredTokenException", "The security token included in the request is expired", 403)
    return found  # type: ignore[no-any-return]
