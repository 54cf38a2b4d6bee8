"""STS: who may assume a role, which moto lets everybody, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from rehearsal.authorization.evaluation import applies
from rehearsal.authorization.gate import DEPLOYER_ARN
from rehearsal.control.overlay import Call, Refused, after, before
from rehearsal.control.policies import Statement, listed, statements
from rehearsal.tasks.permissions import role
from rehearsal.world import CREDENTIALS, SESSIONS

HOUR = 3600


class Session(NamedTuple):
    """What an access key of an assumed role stands for."""

    role: str
    ends: datetime


@before("sts", "AssumeRole")
def check_trust(call: Call) -> None:
    """Refuse a role that does not exist or does not trust the caller, or is asked for longer than it may be assumed.

    A role may be one of another account of the organization.
    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    arn, caller = call.params["RoleArn"], _caller(call)
    found = role(call.world, arn)
    trust = list(statements(found.assume_role_policy_document)) if found else []
    effects = {one["Effect"] for one in trust if _about(one, call, caller)}
    if effects != {"Allow"}:
        text = f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {arn}"
        raise Refused("AccessDenied", text, 403)
    _check_duration(call, found)


def _check_duration(call: Call, found: Any) -> None:
    asked = int(call.params.get("DurationSeconds") or HOUR)
    if asked > int(found.max_session_duration or HOUR):
        raise Refused(
            "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    if asked > HOUR and (call.key in call.world.kept(SESSIONS) or call.key in call.world.kept(CREDENTIALS)):
        raise Refused(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        )


def _caller(call: Call) -> str:
    session = call.world.kept(SESSIONS).get(call.key)
    arn = session.role if session else call.world.kept(CREDENTIALS).get(call.key)
    return str(arn or DEPLOYER_ARN.format(account=call.account))


def _about(statement: Statement, call: Call, caller: str) -> bool:
    """Say whether a statement of a trust policy is about this caller and this request."""
    principal = statement.get("Principal")
    names = ["*"] if principal == "*" else listed((principal or {}).get("AWS"))
    if not {"*", call.account, f"arn:aws:iam::{call.account}:root", caller} & set(names):
        return False
    external = call.params.get("ExternalId")
    context = {"sts:ExternalId": [external]} if external else {}
    return applies({**statement, "Resource": "*"}, "sts:AssumeRole", call.params["RoleArn"], context)


@after("sts", "AssumeRole")
def keep_session(call: Call, result: dict[str, Any]) -> None:
    """Keep what the new key stands for: its role's policies decide, until it ends."""
    key = result["Credentials"]["AccessKeyId"]
    ends = datetime.now(UTC) + timedelta(seconds=int(call.params.get("DurationSeconds") or HOUR))
    call.world.kept(SESSIONS)[key] = Session(call.params["RoleArn"], ends)
