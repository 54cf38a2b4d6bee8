"""Whatever the plugins write with AWS, a role of the deployer may, or there is a reason why none may."""

from __future__ import annotations

from tests.unit.docs.writes import actions, written
from tools.deployer_policy import KINDS, document

_CHAOS = "who disturbs an environment has rights of its own; docs/security.md says what is refused"
_ITSELF = "the deployer's own policies are made by who gives it its rights"
#: Actions that no role of the deployer has, and why.
REFUSED = {
    "backup:DeleteBackupVaultLockConfiguration": "a lock that the deployer could take off would be none",
    "ce:UpdateCostAllocationTagsStatus": "it is for the account that pays, once; docs/cost.md says who does it",
    "cloudtrail:StopLogging": "no role declares a trail that does not record",
    "fis:CreateExperimentTemplate": _CHAOS,
    "fis:DeleteExperimentTemplate": _CHAOS,
    "fis:StartExperiment": _CHAOS,
    "fis:TagResource": _CHAOS,
    "fis:UntagResource": _CHAOS,
    "fis:UpdateExperimentTemplate": _CHAOS,
    "iam:CreatePolicy": _ITSELF,
    "iam:CreatePolicyVersion": _ITSELF,
    "iam:DeletePolicy": _ITSELF,
    "iam:DeletePolicyVersion": _ITSELF,
    "iam:DeleteRolePermissionsBoundary": "a role that has a boundary keeps one",
    "iam:TagPolicy": _ITSELF,
    "iam:UntagPolicy": _ITSELF,
    "kms:DisableKey": "no role declares a key that is off",
    "kms:DisableKeyRotation": "no role declares a key that is not rotated",
    "logs:PutLogGroupDeletionProtection": "no role declares it",
}


def allowed() -> set[str]:
    """Return the actions of all roles of the deployer."""
    return {
        action for kind in KINDS for statement in document("dev", kind)["Statement"] for action in statement["Action"]
    }


def test_whatever_is_written_is_allowed_or_refused_for_a_reason() -> None:
    may = allowed()
    asked = {action for service, operation in written() for action in actions(service, operation)}
    assert len(asked) > 300
    assert sorted(asked - may - REFUSED.keys()) == [], "have a life of tests/e2e/lifecycle.py call it, or give a reason"
    assert sorted(REFUSED.keys() - asked) == [], "nothing calls it any more"
    assert sorted(REFUSED.keys() & may) == [], "it is allowed after all"


def test_operations_are_found_however_they_are_named() -> None:
    found = written()
    assert ("stepfunctions", "UpdateStateMachine") in found, "a text in an adapter"
    assert ("application-autoscaling", "RegisterScalableTarget") in found, "a service that a constant names"
    assert ("appconfig", "UpdateEnvironment") in found, "put together of what its adapter says"
    assert ("cloudwatch", "DisableAlarmActions") in found, "put together of what only a run knows"
    assert ("codedeploy", "StopDeployment") in found, "beside the adapters"
    assert not {operation for _, operation in found if operation.startswith(("Describe", "Get", "List"))}
