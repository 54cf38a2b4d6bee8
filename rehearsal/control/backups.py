"""What the hooks of AWS Backup share: vaults and plans of moto, and rules of names and schedules."""

from __future__ import annotations

import re
from typing import Any

from rehearsal.control.overlay import Call, Refused

#: Recovery points by region and vault, each as ListRecoveryPointsByBackupVault tells it, by ARN.
POINTS = "backup.points"
#: Tags of recovery points by region and ARN.
POINT_TAGS = "backup.point_tags"
_SCHEDULE = re.compile(r"cron\(\S+( \S+){5}\)|rate\(\d+ (hour|day)s?\)")


def missing(what: str) -> Refused:
    """Return the refusal of a call for something that does not exist."""
    return Refused("ResourceNotFoundException", f"{what} does not exist.")


def wrong(message: str) -> Refused:
    """Return the refusal of a wrong parameter."""
    return Refused("InvalidParameterValueException", message)


def vault(call: Call, name: str) -> Any:
    """Return moto's vault of a name in the call's region."""
    found = call.backend().vaults.get(name)
    if found is None:
        raise missing(f"Backup vault {name}")
    return found


def points(call: Call, name: str) -> dict[str, dict[str, Any]]:
    """Return the recovery points of a vault by ARN."""
    vault(call, name)
    found: dict[str, dict[str, Any]] = call.world.kept(POINTS).setdefault((call.region, name), {})
    return found


def check_schedule(expression: str) -> None:
    """Refuse what is no schedule."""
    if not _SCHEDULE.fullmatch(expression):
        raise wrong(f"Invalid schedule expression: {expression}")


def check_assumable(call: Call, arn: str) -> None:
    """Refuse a role that is not there, or that is not AWS Backup's to assume."""
    role = next((one for one in call.world.backend("iam", "aws").roles.values() if one.arn == arn), None)
    if role is None or "backup.amazonaws.com" not in str(role.assume_role_policy_document):
        raise wrong(f"IAM Role {arn} cannot be assumed by AWS Backup")
