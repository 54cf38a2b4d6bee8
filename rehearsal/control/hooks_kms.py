"""KMS: the rotation period, which moto forgets; keys of AWS; keys named by their ARN; keys that cannot be used."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before
from rehearsal.control.policies import well_formed

YEAR = 365


def _key_id(call: Call) -> str:
    return str(call.params["KeyId"]).rsplit("/", 1)[-1]


@after("kms", "EnableKeyRotation")
def keep_period(call: Call, response: dict[str, Any]) -> None:
    """Keep the period."""
    del response
    call.world.kept("kms.rotation")[call.region, _key_id(call)] = call.params.get("RotationPeriodInDays", YEAR)


@after("kms", "GetKeyRotationStatus")
def show_period(call: Call, response: dict[str, Any]) -> None:
    """Return the period and the next date, while rotation is on; AWS rotates its own keys."""
    if _is_of_aws(call, _key_id(call)):
        response["KeyRotationEnabled"] = True
    if response.get("KeyRotationEnabled"):
        days = call.world.kept("kms.rotation").get((call.region, _key_id(call)), YEAR)
        response["RotationPeriodInDays"] = days
        response["NextRotationDate"] = datetime.now(UTC) + timedelta(days=days)


@before("kms", "EnableKey", "DisableKey", "ScheduleKeyDeletion", "CancelKeyDeletion")
def name_by_id(call: Call) -> None:
    """Name the key by its id, since moto does not find it by its ARN."""
    call.amend(KeyId=_key_id(call))


def _is_of_aws(call: Call, key_id: str) -> bool:
    key = call.backend().keys.get(key_id)
    return any(alias.startswith("alias/aws/") for alias in (key.aliases if key else ()))


@after("kms", "CreateKey", "DescribeKey")
def show_region_and_manager(call: Call, response: dict[str, Any]) -> None:
    """Say of every key whether it is a multi-region one, and whether it is AWS's."""
    metadata = response["KeyMetadata"]
    metadata["MultiRegion"] = bool(metadata.get("MultiRegion"))
    metadata["KeyManager"] = "AWS" if _is_of_aws(call, metadata["KeyId"]) else "CUSTOMER"


#: Operations that a key which waits for its deletion still answers.
#: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
PENDING_REFUSES = (
    *("EnableKey", "DisableKey", "EnableKeyRotation", "DisableKeyRotation", "ScheduleKeyDeletion"),
    *("UpdateKeyDescription", "TagResource", "UntagResource", "Encrypt", "Decrypt", "GenerateDataKey"),
    *("GenerateDataKeyWithoutPlaintext", "CreateGrant", "ReEncrypt"),
)
WINDOW, PERIOD = (7, 30), (90, 2560)


def _key(call: Call) -> Any:
    backend = call.backend()
    wanted = call.params.get("KeyId") or call.params.get("TargetKeyId")
    return backend.keys.get(backend.any_id_to_key_id(wanted)) if wanted else None


@before("kms", *PENDING_REFUSES)
def refuse_unusable(call: Call) -> None:
    """Refuse to use or change a key that waits for its deletion, and to use a disabled one."""
    key = _key(call)
    if key and key.key_state == "PendingDeletion":
        raise Refused("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    if key and key.key_state == "Disabled" and call.operation in {"Encrypt", "Decrypt", "GenerateDataKey"}:
        raise Refused("DisabledException", f"{key.arn} is disabled.")


@before("kms", "ScheduleKeyDeletion", "EnableKeyRotation")
def check_days(call: Call) -> None:
    """Refuse windows and periods that KMS does not have."""
    for name, (low, high) in {"PendingWindowInDays": WINDOW, "RotationPeriodInDays": PERIOD}.items():
        days = call.params.get(name)
        if days is not None and not low <= days <= high:
            raise Refused("ValidationException", f"{name} is {days}; it must be between {low} and {high}.")


@before("kms", "CreateAlias", "UpdateAlias", "DeleteAlias")
def refuse_aws_alias(call: Call) -> None:
    """Refuse aliases that are AWS's."""
    if call.params["AliasName"].startswith("alias/aws/"):
        raise Refused("NotAuthorizedException", "")


@before("kms", "CreateKey", "PutKeyPolicy")
def refuse_lock_out(call: Call) -> None:
    """Refuse a policy that leaves nobody of the account who could change it."""
    policy = call.params.get("Policy")
    if policy is None or call.params.get("BypassPolicyLockoutSafetyCheck"):
        return
    refusal = Refused("MalformedPolicyDocumentException", "The policy is no valid JSON document.")
    allowed = json.dumps([one for one in well_formed(policy, refusal) if one["Effect"] == "Allow"])
    if f"arn:aws:iam::{call.account}:" not in allowed and f'"{call.account}"' not in allowed:
        raise Refused(
            "MalformedPolicyDocumentException",
            "The new key policy will not allow you to update the key policy in the future.",
        )
