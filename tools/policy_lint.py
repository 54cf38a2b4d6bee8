"""What is wrong with an identity policy or a trust policy, one sentence each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.authorization.reference import known, types
from rehearsal.control.policies import listed

Statement = Mapping[str, Any]
#: Resources that are a whole kind: nothing of them is named but the account and the type.
_WHOLE_KIND = re.compile(r"\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:/?(?:[\w-]+[/:])?\*(?:/\*)?|arn:[^:]*:s3:::\*")

#: What lists a whole kind, which has names that AWS chose: one's own are found by no other way.
_LISTS = {"ce:GetAnomalyMonitors", "ce:GetAnomalySubscriptions"}

#: Condition keys that tell things of one's own from others' of their kind: tags, names, who acts for whom, and bounds.
_BOUNDING = re.compile(
    r"[\w-]+:(resourcetag|requesttag)/.+|iam:(passedtoservice|permissionsboundary|awsservicename)"
    r"|kms:(viaservice|resourcealiases|encryptioncontext:.+)|aws:(sourceaccount|sourcearn)"
    r"|ecs:cluster|cloudwatch:namespace|s3:prefix"
)
#: Operators that hold only for what is named; those that also hold for a request without the key bound nothing.
_NAMING = re.compile(r"(?:ForAnyValue:)?(?:StringEquals|StringLike|ArnEquals|ArnLike)")


def faults_of_policy(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an identity policy allows beyond what it names."""
    for statement in listed(document.get("Statement")):
        if statement.get("Effect") != "Allow":
            continue
        for key in ("NotAction", "NotResource"):
            if key in statement:
                yield f"{key} allows whatever it does not name"
        for action in listed(statement.get("Action")):
            yield from _faults_of_action(action, statement)


def _faults_of_action(action: str, statement: Statement) -> Iterator[str]:
    if "*" in action or "?" in action:
        yield f"the action {action} has a wildcard; name the actions"
        return
    if not known(action):
        yield f"the action {action} is not in rehearsal/authorization/actions.yml; run tools/iam_actions.py {action}"
        return
    condition = statement.get("Condition") or {}
    if action == "iam:PassRole" and not _asks(condition, "iam:PassedToService"):
        yield "iam:PassRole without the condition iam:PassedToService lets a role be passed to any service"
    for resource in listed(statement.get("Resource")):
        if types(action) and action not in _LISTS and _WHOLE_KIND.fullmatch(str(resource)) and not _bounds(condition):
            kinds = ", ".join(one.name for one in types(action))
            yield f"{action} is allowed on {resource}; name resources ({kinds}) or add a condition that names them"


def faults_of_trust(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield who may assume a role that should not."""
    for statement in listed(document.get("Statement")):
        principal, condition = statement.get("Principal"), statement.get("Condition") or {}
        if principal == "*" or "*" in listed((principal or {}).get("AWS") if isinstance(principal, Mapping) else None):
            yield "anybody may assume it"
            continue
        if "Service" in principal and not _asks(condition, "aws:SourceAccount"):
            services = ", ".join(listed(principal["Service"]))
            yield f"{services} may assume it for any account: the condition aws:SourceAccount is missing"
        if "Federated" in principal:
            yield from _faults_of_federation(condition)


def _faults_of_federation(condition: Mapping[str, Any]) -> Iterator[str]:
    asked = {key.rsplit(":", 1)[-1] for pairs in condition.values() for key in pairs}
    for key in ("aud", "sub", "repository_id"):
        if key not in asked:
            yield f"the token's {key} is not asked for"
    if any(operator.startswith("ForAllValues") for operator in condition):
        yield "ForAllValues holds for a token without the claim"
    for operator, pairs in condition.items():
        for key, wanted in pairs.items():
            if _takes_any(wanted) or any(str(one).startswith("repo:*") for one in listed(wanted)):
                yield f"{operator} {key} takes any value: {wanted}"


def _bounds(condition: Mapping[str, Any]) -> bool:
    """Say whether a condition tells some of a kind from the rest."""
    return any(
        _NAMING.fullmatch(operator) and _BOUNDING.fullmatch(key.lower()) and not _takes_any(wanted)
        for operator, pairs in condition.items()
        for key, wanted in pairs.items()
    )


def _takes_any(wanted: Any) -> bool:
    return any(set(str(one)) <= {"*", ":"} for one in listed(wanted))


def _asks(condition: Mapping[str, Any], key: str) -> bool:
    return any(key.lower() in {name.lower() for name in pairs} for pairs in condition.values())
