"""When roles and policies of buckets were made, for services that do not see them at once."""

from __future__ import annotations

from typing import Any

from rehearsal.control import young
from rehearsal.control.overlay import Call, after


@after("iam", "CreateRole")
def note_role(call: Call, response: dict[str, Any]) -> None:
    """Remember when a role was made."""
    young.forget(call, response["Role"]["Arn"])
    young.note(call, response["Role"]["Arn"])


@after("s3", "PutBucketPolicy")
def note_policy(call: Call, response: dict[str, Any]) -> None:
    """Remember when a bucket got its first policy."""
    del response
    young.note(call, call.params["Bucket"])


@after("s3", "DeleteBucketPolicy", "DeleteBucket")
def forget_policy(call: Call, response: dict[str, Any]) -> None:
    """Forget the policy of a bucket."""
    del response
    young.forget(call, call.params["Bucket"])
