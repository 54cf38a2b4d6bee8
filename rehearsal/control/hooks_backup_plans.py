"""Plans of AWS Backup: changes and selections, which moto lacks, and what AWS refuses. No plan acts by itself."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from rehearsal.control.backups import check_assumable, check_schedule, missing, vault, wrong
from rehearsal.control.overlay import Call, Refused, before, operation

SELECTIONS = "backup.selections"
RULE_NAME = re.compile(r"[\w.-]{1,50}")
VAULT_ARN = re.compile(r"arn:[\w-]+:backup:[\w-]+:\d{12}:backup-vault:[\w-]+")
LEAST_WINDOW = 60  # minutes
#: Days that what is in cold storage stays there.
COLD = 90


@before("backup", "CreateBackupPlan", "UpdateBackupPlan")
def check_plan(call: Call) -> None:
    """Refuse rules that AWS refuses: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html."""
    rules = call.params["BackupPlan"]["Rules"]
    names = [rule["RuleName"] for rule in rules]
    if not rules or len(set(names)) != len(names):
        raise wrong(f"A plan needs rules, each with a name of its own: {names}")
    for rule in rules:
        _check_rule(call, rule)


def _check_rule(call: Call, rule: dict[str, Any]) -> None:
    if not RULE_NAME.fullmatch(rule["RuleName"]):
        raise wrong(f"Invalid rule name {rule['RuleName']}")
    vault(call, rule["TargetBackupVaultName"])
    check_schedule(rule.get("ScheduleExpression", "cron(0 5 ? * * *)"))
    if rule.get("StartWindowMinutes", LEAST_WINDOW) < LEAST_WINDOW:
        raise wrong("Start window cannot be less than 60 minutes.")
    copies = rule.get("CopyActions", [])
    _check_lifecycles(one.get("Lifecycle", {}) for one in [rule, *copies])
    for copy in copies:
        if not VAULT_ARN.fullmatch(copy["DestinationBackupVaultArn"]):
            raise wrong(f"Invalid vault {copy['DestinationBackupVaultArn']}")


def _check_lifecycles(lifecycles: Iterable[dict[str, Any]]) -> None:
    for one in lifecycles:
        cold, end = one.get("MoveToColdStorageAfterDays"), one.get("DeleteAfterDays")
        if end is not None and end < (1 if cold is None else cold + COLD):
            raise wrong(f"Invalid lifecycle: {one}")


@operation("backup", "UpdateBackupPlan")
def update(call: Call) -> dict[str, Any]:
    """Make another version of a plan."""
    plan = _plan(call)
    call.world.backend("backup", call.region).plans[plan.backup_plan_id] = changed = type(plan)(
        backup_plan=call.params["BackupPlan"], creator_request_id=plan.creator_request_id, backend=call.backend()
    )
    changed.backup_plan_id, changed.backup_plan_arn = plan.backup_plan_id, plan.backup_plan_arn
    return {
        "BackupPlanId": changed.backup_plan_id,
        "BackupPlanArn": changed.backup_plan_arn,
        "VersionId": changed.version_id,
    }


@operation("backup", "DeleteBackupPlan")
def delete(call: Call) -> dict[str, Any]:
    """Delete a plan that selects nothing any more, so that its name is free."""
    plan = _plan(call)
    if _selections(call):
        raise Refused(
            "InvalidRequestException", "Related backup plan selections must be deleted prior to backup plan deletion"
        )
    del call.backend().plans[plan.backup_plan_id]
    return {"BackupPlanId": plan.backup_plan_id, "BackupPlanArn": plan.backup_plan_arn}


def _plan(call: Call) -> Any:
    number = call.params["BackupPlanId"]
    if number not in call.backend().plans:
        raise missing(f"Backup plan {number}")
    return call.backend().plans[number]


def _selections(call: Call) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = call.world.kept(SELECTIONS).setdefault(call.params["BackupPlanId"], {})
    return found


@operation("backup", "CreateBackupSelection")
def create_selection(call: Call) -> dict[str, Any]:
    """Keep what a plan backs up, under a name of its own."""
    _plan(call)
    wanted, held = call.params["BackupSelection"], _selections(call)
    if any(one["BackupSelection"]["SelectionName"] == wanted["SelectionName"] for one in held.values()):
        raise Refused("AlreadyExistsException", f"Backup selection {wanted['SelectionName']} already exists.")
    check_assumable(call, wanted["IamRoleArn"])
    if not any(wanted.get(name) for name in ("Resources", "ListOfTags", "Conditions")):
        raise wrong("A selection needs resources or tags.")
    number = str(uuid.uuid4())
    held[number] = {
        "BackupSelection": wanted,
        "SelectionId": number,
        "BackupPlanId": call.params["BackupPlanId"],
        "CreationDate": datetime.now(UTC),
    }
    return {name: held[number][name] for name in ("SelectionId", "BackupPlanId", "CreationDate")}


@operation("backup", "ListBackupSelections")
def list_selections(call: Call) -> dict[str, Any]:
    """List what a plan backs up."""
    _plan(call)
    return {"BackupSelectionsList": [_listed(one) for one in _selections(call).values()]}


def _listed(one: dict[str, Any]) -> dict[str, Any]:
    inner = one["BackupSelection"]
    own = {name: one[name] for name in ("SelectionId", "BackupPlanId", "CreationDate")}
    return {**own, "SelectionName": inner["SelectionName"], "IamRoleArn": inner["IamRoleArn"]}


@operation("backup", "GetBackupSelection")
def get_selection(call: Call) -> dict[str, Any]:
    """Return one selection."""
    found = _selections(call).get(call.params["SelectionId"])
    if found is None:
        raise missing(f"Backup selection {call.params['SelectionId']}")
    return found


@operation("backup", "DeleteBackupSelection")
def delete_selection(call: Call) -> dict[str, Any]:
    """Delete one selection."""
    get_selection(call)
    del _selections(call)[call.params["SelectionId"]]
    return {}
