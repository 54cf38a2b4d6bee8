"""Whether a control of what tells people and of what runs by itself holds."""

from __future__ import annotations

from collections.abc import Mapping

from ._described import Holds, is_public

MESSAGES: Mapping[str, Holds] = {
    "SNS.1": lambda one: bool(one.get("KmsMasterKeyId")),
    "SNS.2": lambda one: bool(one.get("HTTPFailureFeedbackRoleArn")),
    "SNS.4": lambda one: not is_public(one["Policy"]),
    # https://docs.aws.amazon.com/securityhub/latest/userguide/stepfunctions-controls.html#stepfunctions-1
    "StepFunctions.1": lambda one: one.get("loggingConfiguration", {}).get("level", "OFF") != "OFF",
}
