"""Whether a control of policies, keys and secrets holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from ._described import Description, Holds, is_public, listed

SINCE = 90
DECRYPTING = ("kms:decrypt", "kms:reencryptfrom")
#: Conditions by which not all keys are meant.
OF_KEYS = ("aws:resourcetag/", "kms:requestalias", "kms:resourcealiases")
_ALL_KEYS = re.compile(r"\*|arn:[^:]*:kms:\*?:[^:]*:(key/)?\*")


def _used(secret: Description) -> bool:
    last = secret.get("LastAccessedDate") or secret["CreatedDate"]
    return bool(datetime.now(UTC) - last < timedelta(days=SINCE))


def _rotated(secret: Description) -> bool:
    """Say whether a secret that rotates by itself is not late."""
    due = secret.get("NextRotationDate")
    return not secret.get("RotationEnabled") or due is None or bool(due > datetime.now(UTC))


def _young(secret: Description) -> bool:
    last = secret.get("LastRotatedDate") or secret.get("LastChangedDate") or secret["CreatedDate"]
    return bool(datetime.now(UTC) - last < timedelta(days=SINCE))


def decrypts_all(statement: Description) -> bool:
    """Say whether a statement lets one decrypt by every key, as KMS.1 and KMS.2 ask; one region's are not every key.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-2
    """
    patterns = [action.lower() for action in _allowed(statement)]
    asked = {key.lower() for test in statement.get("Condition", {}).values() for key in test}
    return (
        any(fnmatchcase(action, pattern) for action in DECRYPTING for pattern in patterns)
        and any(_ALL_KEYS.fullmatch(one) for one in listed(statement.get("Resource", [])))
        and not any(key.startswith(OF_KEYS) for key in asked)
    )


def _allowed(statement: Description) -> list[str]:
    return listed(statement.get("Action", [])) if statement["Effect"] == "Allow" else []


def _administers(statement: Description) -> bool:
    return "*" in _allowed(statement) and "*" in listed(statement.get("Resource", []))


def _no(bad: Holds) -> Holds:
    return lambda policy: not any(bad(one) for one in policy["Statement"])


IDENTITIES: Mapping[str, Holds] = {
    "identity.boundary": lambda one: bool(one["Boundary"]),
    "identity.bounded": lambda one: bool(one["Boundary"]),
    "KMS.1": _no(decrypts_all),
    "KMS.2": _no(decrypts_all),
    "KMS.3": lambda one: one["KeyState"] == "Enabled",
    "KMS.4": lambda one: bool(one["Rotates"]),
    "KMS.5": lambda one: not is_public(one["Policy"]),
    "SecretsManager.1": lambda one: bool(one.get("RotationEnabled")),
    "SecretsManager.2": _rotated,
    "SecretsManager.3": _used,
    "SecretsManager.4": _young,
    "IAM.1": _no(_administers),
    "IAM.21": _no(lambda one: any(action == "*" or action.endswith(":*") for action in _allowed(one))),
}
