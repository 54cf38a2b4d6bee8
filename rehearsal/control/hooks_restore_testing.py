"""Restore testing of AWS Backup, which moto lacks: plans and selections. Nothing is restored by them."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Any

from rehearsal.control.backups import check_assumable, check_schedule, missing, wrong
from rehearsal.control.overlay import Call, Refused, operation

PLANS, SELECTIONS = "backup.restore_tests", "backup.restore_test_selections"
NAME = re.compile(r"\w{1,50}", re.ASCII)
PLAN, SELECTION = "RestoreTestingPlan", "RestoreTestingSelection"
PLAN_NAME, SELECTION_NAME = "RestoreTestingPlanName", "RestoreTestingSelectionName"
#: Hours in which a test begins, and that what it restored is kept.
WINDOW = range(1, 169)


def _plan(call: Call) -> dict[str, Any]:
    found: dict[str, Any] | None = call.world.kept(PLANS).get((call.region, call.params[PLAN_NAME]))
    if found is None:
        raise missing(f"Restore testing plan {call.params[PLAN_NAME]}")
    return found


def _selections(call: Call, plan: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = call.world.kept(SELECTIONS).setdefault((call.region, plan), {})
    return found


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise wrong(f"{name} is not of at most fifty letters, digits and underscores.")


def _check_plan(wanted: dict[str, Any]) -> None:
    check_schedule(wanted.get("ScheduleExpression", "rate(1 day)"))
    if wanted.get("StartWindowHours", 24) not in WINDOW:
        raise wrong("StartWindowHours is from 1 to 168.")


@operation("backup", "CreateRestoreTestingPlan")
def create_plan(call: Call) -> dict[str, Any]:
    """Keep a plan with its tags."""
    wanted, now = call.params[PLAN], datetime.now(UTC)
    name = wanted[PLAN_NAME]
    _check_name(name)
    _check_plan(wanted)
    if (call.region, name) in call.world.kept(PLANS):
        raise Refused("AlreadyExistsException", f"Restore testing plan {name} already exists.")
    arn = f"arn:aws:backup:{call.region}:{call.account}:restore-testing-plan:{name}-{uuid.uuid4()}"
    call.world.kept(PLANS)[call.region, name] = {
        "ScheduleExpressionTimezone": "Etc/UTC",
        **wanted,
        "RestoreTestingPlanArn": arn,
        "CreationTime": now,
    }
    call.backend().tag_resource(arn, call.params.get("Tags", {}))
    return {"RestoreTestingPlanArn": arn, PLAN_NAME: name, "CreationTime": now}


@operation("backup", "GetRestoreTestingPlan")
def get_plan(call: Call) -> dict[str, Any]:
    """Return a plan."""
    return {PLAN: _plan(call)}


@operation("backup", "UpdateRestoreTestingPlan")
def update_plan(call: Call) -> dict[str, Any]:
    """Change what is given of a plan."""
    kept, wanted = _plan(call), call.params[PLAN]
    _check_plan(wanted)
    kept.update(wanted)
    return {name: kept[name] for name in ("RestoreTestingPlanArn", PLAN_NAME, "CreationTime")}


@operation("backup", "DeleteRestoreTestingPlan")
def delete_plan(call: Call) -> dict[str, Any]:
    """Delete a plan that restores nothing any more."""
    name = _plan(call)[PLAN_NAME]
    if _selections(call, name):
        raise Refused("InvalidRequestException", f"Restore testing plan {name} has selections.")
    del call.world.kept(PLANS)[call.region, name]
    return {}


@operation("backup", "CreateRestoreTestingSelection")
def create_selection(call: Call) -> dict[str, Any]:
    """Keep what a plan restores."""
    plan, wanted, now = _plan(call), call.params[SELECTION], datetime.now(UTC)
    name, held = wanted[SELECTION_NAME], _selections(call, call.params[PLAN_NAME])
    _check_name(name)
    if name in held:
        raise Refused("AlreadyExistsException", f"Restore testing selection {name} already exists.")
    _check_selection(call, wanted)
    held[name] = {**wanted, PLAN_NAME: plan[PLAN_NAME], "CreationTime": now}
    return _told(plan, held[name])


def _check_selection(call: Call, wanted: dict[str, Any]) -> None:
    check_assumable(call, wanted["IamRoleArn"])
    if not wanted.get("ProtectedResourceArns") and not wanted.get("ProtectedResourceConditions"):
        raise wrong("A selection needs ProtectedResourceArns or ProtectedResourceConditions.")
    if wanted.get("ValidationWindowHours", 1) not in WINDOW:
        raise wrong("ValidationWindowHours is from 1 to 168.")


def _told(plan: dict[str, Any], selection: dict[str, Any]) -> dict[str, Any]:
    return {
        "CreationTime": selection["CreationTime"],
        "RestoreTestingPlanArn": plan["RestoreTestingPlanArn"],
        PLAN_NAME: plan[PLAN_NAME],
        SELECTION_NAME: selection[SELECTION_NAME],
    }


def _selection(call: Call) -> dict[str, Any]:
    name = call.params[SELECTION_NAME]
    found = _selections(call, _plan(call)[PLAN_NAME]).get(name)
    if found is None:
        raise missing(f"Restore testing selection {name}")
    return found


@operation("backup", "GetRestoreTestingSelection")
def get_selection(call: Call) -> dict[str, Any]:
    """Return a selection."""
    return {SELECTION: _selection(call)}


@operation("backup", "UpdateRestoreTestingSelection")
def update_selection(call: Call) -> dict[str, Any]:
    """Change what is given of a selection."""
    kept = _selection(call)
    changed = {**kept, **call.params[SELECTION]}
    _check_selection(call, changed)
    kept.update(changed)
    return _told(_plan(call), kept)


@operation("backup", "DeleteRestoreTestingSelection")
def delete_selection(call: Call) -> dict[str, Any]:
    """Delete a selection."""
    name = _selection(call)[SELECTION_NAME]
    del _selections(call, call.params[PLAN_NAME])[name]
    return {}
