"""EventBridge Scheduler: what AWS refuses of schedules and their groups."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before
from rehearsal.orchestration.expressions import interval, is_cron, moment
from rehearsal.tasks.permissions import role, trusts

PRINCIPAL = "scheduler.amazonaws.com"


@before("scheduler", "CreateSchedule", "UpdateSchedule")
def check_schedule(call: Call) -> None:
    """Refuse expressions, groups, roles and targets that AWS refuses, and those that this cloud cannot act on."""
    expression, zone = call.params["ScheduleExpression"], call.params.get("ScheduleExpressionTimezone", "UTC")
    if interval(expression) is None and moment(expression, zone) is None and not is_cron(expression):
        raise _refuse(f"Invalid Schedule Expression {expression}.")
    if call.params["FlexibleTimeWindow"]["Mode"] != "OFF":
        raise _refuse("The local cloud fires at the time itself: FlexibleTimeWindow.Mode must be OFF.")
    _group(call, call.params.get("GroupName", "default"))
    _check_target(call, call.params["Target"])


def _check_target(call: Call, target: dict[str, Any]) -> None:
    found = role(call.world, target["RoleArn"])
    if found is None or not trusts(found, PRINCIPAL):
        raise _refuse("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")
    if ":states:" not in target["Arn"] or ":stateMachine:" not in target["Arn"]:
        raise _refuse(f"The local cloud has schedules start state machines; Target.Arn is {target['Arn']}.")
    if "DeadLetterConfig" in target:
        raise _refuse("The local cloud sends no events to dead-letter queues; leave out Target.DeadLetterConfig.")


@before("scheduler", "CreateScheduleGroup")
def refuse_second_group(call: Call) -> None:
    """Refuse a group that is there."""
    name = call.params["Name"]
    if name in call.backend().schedule_groups:
        raise Refused("ConflictException", f"Schedule group {name} already exists.", 409)


@before("scheduler", "DeleteScheduleGroup")
def refuse_default_group(call: Call) -> None:
    """Refuse to delete the default group, and one that is not there."""
    if call.params["Name"] == "default":
        raise _refuse("The default schedule group cannot be deleted.")
    _group(call, call.params["Name"])


@after("scheduler", "UpdateSchedule")
def complete(call: Call, response: dict[str, Any]) -> None:
    """Set what moto's update leaves out; what was not sent goes back to its default."""
    del response
    schedule = call.backend().get_schedule(call.params.get("GroupName"), call.params["Name"])
    schedule.action_after_completion = call.params.get("ActionAfterCompletion")
    schedule.state = call.params.get("State", "ENABLED")


@after("scheduler", "GetSchedule")
def show_default(call: Call, response: dict[str, Any]) -> None:
    """Show what AWS does with a schedule that is over."""
    del call
    response.setdefault("ActionAfterCompletion", "NONE")


def _group(call: Call, name: str) -> None:
    if name not in call.backend().schedule_groups:
        raise Refused("ResourceNotFoundException", f"Schedule group {name} does not exist.", 404)


def _refuse(text: str) -> Refused:
    return Refused("ValidationException", text)
